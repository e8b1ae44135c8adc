//! Ending a process: at once, after its handler, or after all its messages.

use std::time::Duration;

use arsenal_core::{context::NodeContext, error::OperationError};
use ractor::{ActorCell, ActorStatus};
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};
use tokio::time::Instant;

use super::{answered_within, for_people, refuse_protected_below};
use crate::{
    instrument::{clock, records},
    node::{NodeRuntime, RuntimeExt as _},
    process::{ProcessAddress, ProcessId, ProcessStatus, observing::millis},
};

/// How a process is ended.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "snake_case")]
pub enum EndMode {
    /// As soon as its handler waits for anything; its cleanup (`post_stop`) does not run.
    Kill,
    /// When its handler has ended; the messages that wait are lost.
    #[default]
    Stop,
    /// When it has handled all messages that wait; new ones are refused.
    Drain,
}

/// What is asked for.
#[derive(Clone, Debug)]
pub struct EndRequest {
    /// How.
    pub mode: EndMode,
    /// Why, told to its supervisor; only where it is stopped.
    pub reason: Option<String>,
    /// How long to wait for its end.
    pub timeout: Duration,
}

/// What became of a process that was to end.
#[derive(Clone, Debug, Serialize, Deserialize, JsonSchema)]
pub struct ProcessEnd {
    /// The process.
    pub pid: ProcessId,
    /// How it was told to end.
    pub mode: EndMode,
    /// Whether it has ended. If not, it still will: see `detail`.
    pub ended: bool,
    /// Where it is in its life.
    pub status: ProcessStatus,
    /// How long its end was waited for, in ms.
    pub waited_ms: u64,
    /// Why it has not ended yet; absent where it has.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub detail: Option<String>,
}

/// Ends a process of this node. What supervises it may start it again.
///
/// # Errors
///
/// `not_found`; `forbidden` where it is protected.
pub async fn end(
    context: &NodeContext,
    address: &ProcessAddress,
    request: EndRequest,
) -> Result<ProcessEnd, OperationError> {
    let runtime = context.runtime()?;
    let cell = runtime.processes().find_free(address)?;
    runtime.processes().refuse_claimed(cell.get_id().pid())?;
    refuse_protected_below(runtime.processes(), &cell).await?;
    let pid = runtime.processes().id(cell.get_id().pid());
    tracing::info!(
        process = %pid, mode = ?request.mode, reason = request.reason,
        by = %context.principal().name(), "a process is to end"
    );
    let mode = request.mode;
    let patience = answered_within(context, request.timeout);
    let begun = Instant::now();
    let has_ended = end_within(runtime, &cell, request, patience).await;
    Ok(ProcessEnd {
        pid,
        mode,
        ended: has_ended,
        status: cell.get_status().into(),
        waited_ms: millis(begun.elapsed()),
        detail: (!has_ended).then(|| why_not(&cell, mode)),
    })
}

/// Tells an actor to end, and waits for it. Says whether it has ended.
pub(super) async fn end_within(
    runtime: &NodeRuntime,
    cell: &ActorCell,
    request: EndRequest,
    patience: Duration,
) -> bool {
    let local = cell.get_id().pid();
    let record = records::get(local);
    match request.mode {
        EndMode::Kill => cell.kill(),
        EndMode::Stop => {
            if let Some(record) = &record {
                record.stops();
            }
            cell.stop(request.reason);
        }
        EndMode::Drain => {
            if let Some(record) = &record {
                record.resume();
            }
            // An error says that it takes no messages any more: it ends already.
            let _ends_already = cell.drain();
        }
    }
    let has_ended = cell.wait(Some(patience)).await.is_ok();
    if has_ended {
        // The root will hear of it; whoever asks before that must not find the name of the dead.
        runtime.processes().found_ended(local);
    }
    has_ended
}

fn why_not(cell: &ActorCell, mode: EndMode) -> String {
    let record = records::get(cell.get_id().pid());
    let handling = record.as_ref().and_then(|record| record.handling(clock::nanos()));
    let waiting = record.and_then(|record| record.depth()).filter(|depth| *depth > 0);
    match (handling, waiting, mode) {
        (_, Some(depth), EndMode::Drain) => {
            format!("messages that are still to be handled: {depth}")
        }
        (Some(handling), _, EndMode::Kill) if !handling.waits => format!(
            "its handler has kept a thread busy for {}; it is killed when it waits for something",
            for_people(handling.duration)
        ),
        (Some(handling), _, _) => format!(
            "its handler has run for {}; it ends after it (`mode=kill` does not wait)",
            for_people(handling.duration)
        ),
        (None, _, _) if cell.get_status() < ActorStatus::Stopping => {
            String::from("it was told to end, and has not begun to")
        }
        (None, _, _) => String::from("it is ending: its cleanup (`post_stop`) still runs"),
    }
}
