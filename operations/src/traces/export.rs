//! `GET /api/v1/traces/{id}/export`

use arsenal_cluster::{
    node::RuntimeExt as _,
    trace::{ChromeTrace, EVENTS_MAX, SessionId, TraceEvents, chrome},
};
use arsenal_core::prelude::*;
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use super::{
    Encoded,
    reading::{Read, read},
};

/// Events of a file, over all nodes: all that one node can have. They take about 200 MB while they are read,
/// ordered and written.
const EVENTS_EXPORTED_MAX: u32 = EVENTS_MAX;

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
///
/// What is missing is said in the file: in its `failures`, or in those of its `metadata`.
#[operation(get, "/api/v1/traces/{id}/export", tag = "trace", timeout = "30s", concurrency = 2)]
pub async fn export_trace(
    context: NodeContext,
    /// The session.
    id: SessionId,
    /// What it is written as.
    format: Option<TraceFormat>,
    /// At most this many events over all nodes: the first ones of each, as evenly as they have them.
    #[param(range(min = 0, max = EVENTS_EXPORTED_MAX), default = EVENTS_EXPORTED_MAX)]
    limit: u32,
) -> Result<Encoded<TraceExport>, OperationError> {
    let read = read(&context, id, limit).await?;
    let format = format.unwrap_or(TraceFormat::Json);
    context.runtime()?.aside(move || Encoded::new(&written(read, format))).await?
}

fn written(read: Read, format: TraceFormat) -> TraceExport {
    let events = read.ordered();
    match format {
        TraceFormat::Json => TraceExport::Json(Box::new(events)),
        TraceFormat::Chrome => {
            let drawn = chrome(&events.events);
            TraceExport::Chrome(ChromeTrace { metadata: Some(events.into()), ..drawn })
        }
    }
}
