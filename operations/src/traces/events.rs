//! `GET /api/v1/traces/{id}/events`

use arsenal_cluster::{
    node::RuntimeExt as _,
    trace::{SessionId, TraceEvent},
};
use arsenal_core::{
    answer::Stream,
    error::{Violation, ViolationPlace},
    prelude::*,
};
use futures_util::{StreamExt as _, stream};

use super::finding::find;

/// Follows what happens in a session, on all nodes, until it is over everywhere.
///
/// From its first event on, or after the one that `Last-Event-ID` names: nothing is missed. A reader that
/// is slow gets events late, and keeps no actor waiting. Events of one node come in order; those of
/// different nodes as they arrive, for their order see `trace.inspect`.
#[operation(get, "/api/v1/traces/{id}/events", tag = "trace", target = all_nodes, stream)]
pub async fn trace_events(
    context: NodeContext,
    /// The session.
    id: SessionId,
) -> Result<impl Stream<Item = Result<Event<TraceEvent>, OperationError>>, OperationError> {
    let after = context.last_event_id().map_or(Ok(0), str::parse).map_err(|_not_a_number| {
        let message = "is not the id of an event of this stream";
        OperationError::invalid_input([Violation::of(
            ViolationPlace::Header,
            "Last-Event-ID",
            message,
        )])
    })?;
    if let Ok(events) = context.runtime()?.traces().watch(id, after) {
        let events = events.map(|event| Ok(Event::new(event.number, event)));
        return Ok(events.left_stream());
    }
    // It may be on other nodes only: then nothing happens here.
    find(&context, id).await?;
    Ok(stream::empty().right_stream())
}
