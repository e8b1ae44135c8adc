//! `POST /api/v1/traces`

use arsenal_cluster::trace::{Traced, TypePattern};
use arsenal_core::prelude::*;

use super::{TraceOnNodes, TraceOptions, start};

/// Traces the messages of all actors of a type, on all nodes.
///
/// What their handlers send is told, too; what that leads to is not: `process.trace` with `follow` traces
/// along a request. Only instrumented actors are traced; those that start later are, too: so a type
/// that no actor has is no mistake, and neither are names of messages that nobody knows. The session ends
/// by itself on each node: when its time is over, when it has as many events as it may have, or with
/// `trace.delete`. For at most ten minutes after that its events can be read with `trace.inspect`: a node
/// keeps the last 16 sessions that are over, and fewer where the events of new ones need their room.
#[operation(post, "/api/v1/traces", tag = "trace", status = 201, partition = any)]
pub async fn create_trace(
    context: NodeContext,
    /// The type: a part of its name, or the whole with `*` for anything. It need not have an actor yet.
    #[param(name = "type")]
    actor_type: TypePattern,
    /// How much is traced.
    #[param(flatten)]
    options: TraceOptions,
) -> Result<TraceOnNodes, OperationError> {
    start(&context, Traced::Type(actor_type), options).await
}
