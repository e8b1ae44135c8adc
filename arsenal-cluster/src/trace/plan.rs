//! What a session traces, and for how long.

use arsenal_core::name::NodeName;
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use super::{SessionId, TypePattern};
use crate::process::ProcessId;

/// The longest session, in ms.
pub const DURATION_MS_MAX: u32 = 10 * 60 * 1000;

/// How long a session is unless it says otherwise, in ms.
pub const DURATION_MS_DEFAULT: u32 = 10_000;

/// The most events of a session, on each node.
pub const EVENTS_MAX: u32 = 100_000;

/// The most events of a session on each node, unless it says otherwise.
pub const EVENTS_DEFAULT: u32 = 1_000;

/// The smallest part of the messages that can be chosen: one of a million. None at all is no session.
pub const SAMPLING_MIN: f64 = 0.000_001;

/// Names of messages that a filter has.
pub const MESSAGES_MAX: usize = 32;

/// The longest of them, in characters. In JSON each takes up to six bytes, so that the filters of all
/// sessions of a node fit into one frame between nodes.
pub const MESSAGE_CHARS_MAX: usize = 128;

/// What a session traces, and for how long. The same on every node.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, JsonSchema)]
pub struct TracePlan {
    /// The session.
    pub id: SessionId,
    /// Whose messages.
    pub on: Traced,
    /// After how many ms it ends on each node.
    pub duration_ms: u32,
    /// After how many events it ends on a node.
    pub max_events: u32,
    /// The part of the messages that is traced, up to 1.
    pub sampling: f64,
    /// The names of the messages that are traced; all where there are none.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub messages: Vec<String>,
    /// Whether events show what messages hold, where their type allows that.
    pub payloads: bool,
}

/// Whose messages a session traces.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "snake_case")]
pub enum Traced {
    /// Those of one process.
    Process {
        /// The process.
        pid: ProcessId,
        /// Whether also everything is traced that its messages lead to, on all nodes.
        follow: bool,
    },
    /// Those of all actors with such a type: a part of its name, or the whole with `*` for anything.
    Type(TypePattern),
}

impl TracePlan {
    /// Whether everything is traced that its messages lead to.
    pub fn follows(&self) -> bool {
        matches!(self.on, Traced::Process { follow: true, .. })
    }

    /// Whether anything of it can happen on a node. Without `follow`, a session on one process is on one
    /// node only.
    pub fn concerns(&self, node: &NodeName) -> bool {
        match &self.on {
            Traced::Process { pid, follow } => *follow || pid.node == *node,
            Traced::Type(_) => true,
        }
    }

    /// Whether messages of this name are traced. Where names are asked for, a message without one is not.
    pub(super) fn wants(&self, message: Option<&str>) -> bool {
        let is_named = |name: &str| self.messages.iter().any(|wanted| wanted == name);
        self.messages.is_empty() || message.is_some_and(is_named)
    }

    /// Whether a message is among the part that is traced. Every node says the same of one span.
    pub(super) fn samples(&self, span: u64) -> bool {
        #[expect(clippy::cast_precision_loss, reason = "a part is no more exact than that")]
        let place = span as f64 / u64::MAX as f64;
        place < self.sampling || self.sampling >= 1.0
    }
}

#[cfg(test)]
mod tests {
    use arsenal_core::telemetry::TraceContext;

    use super::{
        super::samples::{of_type, plan},
        *,
    };

    #[test]
    fn a_part_of_the_messages_is_chosen_by_their_spans() {
        let chosen = |sampling| {
            let plan = TracePlan { sampling, ..plan(of_type("Any")) };
            let spans = (0..10_000).filter_map(|_| TraceContext::new().child().span_id());
            spans.filter(|span| plan.samples(span.number())).count()
        };
        assert_eq!(chosen(1.0), 10_000);
        assert!((2_200..2_800).contains(&chosen(0.25)), "{}", chosen(0.25));
        assert!(chosen(0.001) < 50);
    }

    #[test]
    fn a_filter_of_names_leaves_out_what_has_none() {
        let all = plan(of_type("Any"));
        let some = TracePlan { messages: vec![String::from("add")], ..all.clone() };
        assert!(all.wants(None) && all.wants(Some("get")));
        assert!(some.wants(Some("add")) && !some.wants(Some("get")) && !some.wants(None));
    }
}
