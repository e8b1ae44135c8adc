//! `POST /api/v1/traces`

use arsenal_cluster::trace::Traced;
use arsenal_core::prelude::*;

use super::{StartedTrace, TraceOptions, start};

/// Traces the messages of all actors of a type, on all nodes.
///
/// What their handlers send is told, too; what that leads to is not: `process.trace` with `follow` traces
/// along a request. Only instrumented actors are traced; those that start later are, too. The session
/// ends by itself on each node: when its time is over, when it has as many events as it may have, or with
/// `trace.delete`. For ten minutes after that its events can be read with `trace.inspect`.
#[operation(post, "/api/v1/traces", tag = "trace", status = 201, partition = any)]
pub async fn create_trace(
    context: NodeContext,
    /// The type: a part of its name, or the whole with `*` for anything.
    #[param(name = "type", length(min = 1, max = 256))]
    actor_type: String,
    /// How much is traced.
    #[param(flatten)]
    options: TraceOptions,
) -> Result<StartedTrace, OperationError> {
    start(&context, Traced::Type(actor_type), options).await
}
