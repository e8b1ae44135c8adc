//! Starting a session on all nodes.

use std::num::NonZeroU64;

use arsenal_cluster::trace::{
    DURATION_MS_DEFAULT, DURATION_MS_MAX, EVENTS_DEFAULT, EVENTS_MAX, MESSAGES_MAX, SessionId,
    SessionShare, TracePlan, TraceSession, Traced,
};
use arsenal_core::{error::Failure, prelude::*};
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

/// How much a session traces.
#[derive(Clone, Debug, Parameters)]
pub struct TraceOptions {
    /// After how many ms it ends on each node, at most 10 minutes.
    #[param(range(min = 1, max = DURATION_MS_MAX), default = DURATION_MS_DEFAULT)]
    pub duration_ms: u32,
    /// After how many events it ends on a node.
    #[param(range(min = 1, max = EVENTS_MAX), default = EVENTS_DEFAULT)]
    pub max_events: u32,
    /// The part of the messages that is traced: 1 for all, 0.01 for one of 100. What a request leads to is
    /// traced whole or not at all.
    #[param(range(min = 0.0, max = 1.0), default = 1.0)]
    pub sampling: f64,
    /// Only messages of these names, as in JSON. What is followed begins with one of them, and goes on
    /// with any.
    #[param(length(max = MESSAGES_MAX))]
    pub messages: Option<Vec<String>>,
    /// Shows what messages hold, up to 256 characters, where their type allows it by `#[message(show)]`.
    #[param(default = false)]
    pub payloads: bool,
}

/// A session that has begun.
#[derive(Debug, Serialize, Deserialize, JsonSchema)]
pub struct StartedTrace {
    /// The session.
    pub session: TraceSession,
    /// The nodes where it did not begin: nothing of them is traced.
    pub failures: Vec<Failure>,
}

impl TraceOptions {
    fn plan(self, on: Traced) -> Result<TracePlan, OperationError> {
        Ok(TracePlan {
            id: new_id()?,
            on,
            duration_ms: self.duration_ms,
            max_events: self.max_events,
            sampling: self.sampling,
            messages: self.messages.unwrap_or_default(),
            payloads: self.payloads,
        })
    }
}

/// Starts a session on all nodes.
pub(crate) async fn start(
    context: &NodeContext,
    on: Traced,
    options: TraceOptions,
) -> Result<StartedTrace, OperationError> {
    let plan = options.plan(on)?;
    let id = plan.id;
    let request = StartRequest { id, plan };
    let started: FanOut<Vec<SessionShare>> = context.invoke("trace.start_shares", &request).await?;
    let session = TraceSession::of(started.data)
        .ok_or_else(|| OperationError::internal().because("no node answered"))?;
    Ok(StartedTrace { session, failures: started.failures })
}

#[derive(Serialize)]
struct StartRequest {
    id: SessionId,
    plan: TracePlan,
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
