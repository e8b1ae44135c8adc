//! Which events somebody wants to hear of.

use std::collections::BTreeSet;

use arsenal_core::name::NodeName;
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use super::events::ClusterEvent;

/// The kinds of what can happen; [`Change`](super::Change) says what each means.
#[derive(
    Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize, JsonSchema,
)]
#[serde(rename_all = "snake_case")]
#[expect(missing_docs, reason = "each is the change of the same name")]
pub enum EventKind {
    NodeStatus,
    NodeForgotten,
    Verdict,
    Voters,
    SplitBrain,
    SplitBrainResolved,
    NameRefused,
    NameHeld,
    Paused,
    GossipRestarted,
    BeatRestarted,
    EventsMissed,
}

/// What is let through: everything, unless it says less.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct EventFilter {
    /// Only these kinds; all where there is none.
    pub kinds: BTreeSet<EventKind>,
    /// Only what is about this node. What a node says of itself is about the node that saw it.
    pub node: Option<NodeName>,
}

impl EventFilter {
    /// Whether an event is let through. That some were missed always is.
    pub fn matches(&self, event: &ClusterEvent) -> bool {
        let kind = event.change.kind();
        let about = event.change.node().unwrap_or(&event.seen_by);
        kind == EventKind::EventsMissed
            || ((self.kinds.is_empty() || self.kinds.contains(&kind))
                && self.node.as_ref().is_none_or(|node| node == about))
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::membership::{Change, Missed, samples::name};

    #[test]
    fn a_filter_lets_through_what_it_names_and_that_events_were_missed() {
        let event =
            |change| ClusterEvent { number: 1, at: String::new(), seen_by: name("a"), change };
        let forgotten = event(Change::NodeForgotten { node: name("b") });
        let paused = event(Change::Paused { for_ms: 9 });
        let missed = event(Change::EventsMissed { why: Missed::Restarted });
        let passes = |kinds: &[EventKind], node: Option<&str>| {
            let kinds = kinds.iter().copied().collect();
            let filter = EventFilter { kinds, node: node.map(name) };
            [&forgotten, &paused, &missed].map(|event| filter.matches(event))
        };
        assert_eq!(passes(&[], None), [true, true, true]);
        assert_eq!(passes(&[EventKind::Paused], None), [false, true, true]);
        assert_eq!(passes(&[], Some("b")), [true, false, true]);
        assert_eq!(passes(&[], Some("a")), [false, true, true], "it saw its own pause");
        assert_eq!(passes(&[EventKind::Paused], Some("b")), [false, false, true]);
    }
}
