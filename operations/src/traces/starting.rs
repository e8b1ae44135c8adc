//! Starting a session: on all nodes, or on the one that has the process that it is on.

use std::num::NonZeroU64;

use arsenal_cluster::{
    node::RuntimeExt as _,
    trace::{SessionId, SessionShare, TraceSession, Traced},
};
use arsenal_core::{error::Failure, prelude::*};
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use super::{
    TraceOptions,
    finding::{Found, end},
};

/// A session, and the nodes that failed to do what was asked.
#[derive(Debug, Serialize, Deserialize, JsonSchema)]
pub struct TraceOnNodes {
    /// The session.
    pub session: TraceSession,
    /// The nodes where it did not begin, or could not be ended.
    pub failures: Vec<Failure>,
}

impl TraceOnNodes {
    pub(super) fn of(found: Found) -> Result<Self, OperationError> {
        let Found { shares, failures } = found;
        let session = TraceSession::of(shares);
        let session = session.ok_or_else(|| OperationError::internal().because("no share"))?;
        Ok(Self { session, failures })
    }

    /// Itself, where the session began on this node; else why it did not.
    fn begun_on(self, node: &NodeName) -> Result<Self, OperationError> {
        if self.session.nodes.contains_key(node) {
            return Ok(self);
        }
        // Where very many failed, this one may not be among those that are listed: then one of them speaks.
        let mut failures = self.failures;
        failures.sort_by_key(|failure| failure.node != *node);
        failures.truncate(1);
        Err(OperationError::of_failures(0, failures))
    }
}

/// Starts a session on all nodes.
pub(crate) async fn start(
    context: &NodeContext,
    on: Traced,
    options: TraceOptions,
) -> Result<TraceOnNodes, OperationError> {
    on_all(context, new_id()?, on, options).await
}

/// Starts one on a process of this node: here, or with `follow` on all nodes, of which this one must not be
/// missing.
pub(crate) async fn start_from(
    context: &NodeContext,
    on: Traced,
    options: TraceOptions,
) -> Result<TraceOnNodes, OperationError> {
    let (id, runtime) = (new_id()?, context.runtime()?);
    runtime.check_traced(&on, options.messages.as_deref().unwrap_or_default())?;
    if !matches!(on, Traced::Process { follow: true, .. }) {
        let share = runtime.start_trace(options.plan(id, on)).await?;
        return TraceOnNodes::of(Found { shares: vec![share], failures: Vec::new() });
    }
    let started = on_all(context, id, on, options).await?.begun_on(context.node());
    if started.is_err() {
        // Where that fails, it ends there by itself.
        let _ended = end(context, id).await;
    }
    started
}

async fn on_all(
    context: &NodeContext,
    id: SessionId,
    on: Traced,
    options: TraceOptions,
) -> Result<TraceOnNodes, OperationError> {
    let request = StartRequest { id, on, options };
    let started: FanOut<Vec<SessionShare>> = context.invoke("trace.start_shares", &request).await?;
    TraceOnNodes::of(Found { shares: started.data, failures: started.failures })
}

#[derive(Serialize)]
struct StartRequest {
    id: SessionId,
    on: Traced,
    #[serde(flatten)]
    options: TraceOptions,
}

fn new_id() -> Result<SessionId, OperationError> {
    loop {
        let number = getrandom::u64()
            .map_err(|error| OperationError::internal().because(error.to_string()))?;
        if let Some(number) = NonZeroU64::new(number) {
            return Ok(SessionId::new(number));
        }
    }
}

#[cfg(test)]
mod tests {
    use arsenal_core::error::Code;
    use serde_json::json;

    use super::*;

    /// A session that began on node `a`, and could not on these.
    fn started_but_on(nodes: &[&str]) -> TraceOnNodes {
        let share = json!({
            "node": "a", "id": "00f067aa0ba902b7", "on": { "type": "Any" }, "duration_ms": 1,
            "max_events": 1, "sampling": 1.0, "payloads": false, "started_at": "", "events": 0,
        });
        let failure = |node: &&str| {
            let error = OperationError::conflict(format!("node `{node}` has no room"));
            Failure::of_error(node.parse().unwrap(), &error)
        };
        let failures = nodes.iter().map(failure).collect();
        let shares = vec![serde_json::from_value(share).unwrap()];
        TraceOnNodes::of(Found { shares, failures }).unwrap()
    }

    #[test]
    fn it_must_begin_on_the_node_of_its_process() {
        let begun_on = |node: &str, failed: &[&str]| {
            started_but_on(failed).begun_on(&node.parse().unwrap()).map_err(|error| {
                assert_eq!(error.code(), &Code::Conflict);
                error.detail().to_owned()
            })
        };
        assert_eq!(begun_on("a", &["b", "c"]).unwrap().failures.len(), 2);
        assert_eq!(begun_on("c", &["b", "c"]).unwrap_err(), "node `c` has no room");
        // As where more failed than are listed.
        assert_eq!(begun_on("d", &["b", "c"]).unwrap_err(), "node `b` has no room");
    }
}
