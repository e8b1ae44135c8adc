//! `GET /api/v1/traces/{id}/export`

use arsenal_cluster::trace::{ChromeTrace, EVENTS_MAX, SessionId, TraceEvents, chrome};
use arsenal_core::prelude::*;
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use super::reading::read;

/// What a trace is written as.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "snake_case")]
pub enum TraceFormat {
    /// As `trace.inspect` gives it.
    Json,
    /// The Trace Event Format, which <https://ui.perfetto.dev> and `chrome://tracing` open: nodes are
    /// processes, actors threads, handlers slices and messages arrows.
    Chrome,
}

/// A trace as a file.
#[derive(Debug, Serialize, Deserialize, JsonSchema)]
#[serde(untagged)]
pub enum TraceExport {
    /// Of `format=chrome`.
    Chrome(ChromeTrace),
    /// Of `format=json`.
    Json(Box<TraceEvents>),
}

/// Writes a trace as a file: for a program, or to be seen in Perfetto or Chrome.
#[operation(get, "/api/v1/traces/{id}/export", tag = "trace", timeout = "30s", concurrency = 2)]
pub async fn export_trace(
    context: NodeContext,
    /// The session.
    id: SessionId,
    /// What it is written as.
    format: Option<TraceFormat>,
    /// At most this many events of each node, the first ones.
    #[param(range(min = 0, max = EVENTS_MAX), default = EVENTS_MAX)]
    limit: u32,
) -> Result<TraceExport, OperationError> {
    let events = read(&context, id, limit).await?;
    Ok(match format.unwrap_or(TraceFormat::Json) {
        TraceFormat::Json => TraceExport::Json(Box::new(events)),
        TraceFormat::Chrome => TraceExport::Chrome(chrome(&events.events)),
    })
}
