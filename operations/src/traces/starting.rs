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
    let mut started = on_all(context, id, on, options).await?;
    let here = started.failures.iter().position(|failure| failure.node == *context.node());
    if let Some(place) = here {
        // Where that fails, it ends there by itself.
        let _ended = end(context, id).await;
        let failure = started.failures.swap_remove(place);
        return Err(OperationError::of_failures(0, vec![failure]));
    }
    Ok(started)
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
