//! What can be seen of invocations from outside: spans in a trace that goes over all nodes, counters
//! and latencies by operation, one log line for each failure.
//!
//! # What is counted where
//!
//! * `arsenal_operation_invocations_total`, `_duration_seconds`, `_in_flight`, `_panics_total`: on the
//!   node where the operation **ran**. A fan-out over three nodes counts once on each of them. What
//!   was refused before it could run (credentials, arguments, limits, hooks, the side of a
//!   partition) counts in `invocations_total` of the node that refused it, and has no duration.
//! * `arsenal_operation_replays_total`: requests with an `Idempotency-Key` that came again, on the node
//!   that remembers the run: what they got. They are no runs, and count in none of the above.
//! * `arsenal_operation_dispatches_total`, `arsenal_operation_dispatch_duration_seconds`: on the node
//!   that a request **came in** at, where it sent the operation to other nodes: what the caller got,
//!   and after how long. An operation that runs where the request came in has none.
//!
//! The label `code` is `ok`, the code of the error, or `cancelled` where the caller left first.
//!
//! Of a stream only the start is counted: it is `ok`, and its duration over, once the function has
//! given it. How the stream itself ends is not counted; one that fails is logged where it runs.
//!
//! # Spans
//!
//! An invocation that runs here (or gets what it ran to before) has one span, and one that is sent to other nodes has one where it
//! came in; the spans on the nodes stand under that one. They have the target `arsenal::operation`,
//! the level `INFO`, and the fields `otel.name`, `arsenal.request_id`, `traceparent` (the trace and the
//! span's own id, as the header says them) and, where there is one, `parent_span_id`. Of what failed
//! also `error.type` (the code), `otel.status_code`, `otel.kind`, `rpc.system`, `rpc.method`,
//! `arsenal.node`, and of an HTTP request `http.request.method` and `http.route`; where the target is
//! enabled at `DEBUG`, all but the first two are there from the beginning. The request id is also in the answer (`Arsenal-Request-Id`), so an
//! answer leads to its spans and log lines, and these to the trace. The header `traceparent` of a
//! request is taken over if it follows the standard; `tracestate` is not read.
//!
//! The function is polled inside of its span, so that its own events are joined; so is the stream that
//! it gives, whose span lasts as long as the stream.
//!
//! # Changes
//!
//! A request for an operation that may change something (`access` is not `read`) is one event of the target
//! `arsenal::change` and the level `INFO`, on the node where it came in, once it is over: the operation,
//! the path that was asked for, who asked, and how it ended. What was refused here before it could run has none.

mod change;
mod exposition;
mod histogram;
mod log;
mod metrics;
mod operation_metrics;
mod panics;
mod run;
mod span;
mod tally;
#[cfg(test)]
mod tests;
mod trace_context;
mod trace_ids;

pub use exposition::MetricsFormat;
pub use metrics::metrics;
pub(crate) use operation_metrics::OperationMetrics;
pub(crate) use panics::PanicGuard;
pub use panics::locate_panics;
pub use run::refused;
pub(crate) use run::{Run, StreamRun, stream_lost};
pub use trace_context::{SpanId, TraceContext, TraceId};
