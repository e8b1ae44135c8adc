//! Holding messages back, and measuring more closely.

use std::time::Duration;

use arsenal_core::{context::NodeContext, error::OperationError};
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};
use tokio::time::Instant;

use super::instrumented;
use crate::{
    instrument::{Flag, Record, clock},
    node::{NodeRuntime, RuntimeExt as _},
    process::{ProcessAddress, ProcessId, observing::millis},
};

/// Whether a process takes messages.
#[derive(Clone, Debug, Serialize, Deserialize, JsonSchema)]
pub struct ProcessPause {
    /// The process.
    pub pid: ProcessId,
    /// Whether its messages are held back from the next one on.
    pub paused: bool,
    /// Whether that was so before.
    pub was_paused: bool,
    /// When the pause ends by itself (RFC 3339); absent where there is none.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub until: Option<String>,
    /// For how long the handler has run that was not interrupted, in ms; absent where none runs.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub handling_for_ms: Option<u64>,
    /// How many messages wait; known where their type derives `ArsenalMessage`.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub mailbox_depth: Option<u64>,
}

/// How handlers are measured.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "snake_case")]
pub enum MeasureMode {
    /// One of 64, and the first in each tenth of a second.
    Sampled,
    /// Each.
    Full,
}

/// How the handlers of a process are measured.
#[derive(Clone, Debug, Serialize, Deserialize, JsonSchema)]
pub struct ProcessMeasure {
    /// The process.
    pub pid: ProcessId,
    /// How.
    pub mode: MeasureMode,
}

/// Lets a process take no message for this long.
///
/// # Errors
///
/// `not_found`; `forbidden` where it is protected; `conflict` where it is not instrumented.
pub fn pause(
    context: &NodeContext,
    address: &ProcessAddress,
    time: Duration,
) -> Result<ProcessPause, OperationError> {
    let runtime = context.runtime()?;
    let cell = runtime.processes().find_free(address)?;
    let record = instrumented(&cell, "be paused")?;
    let was_paused = record.paused_until().is_some();
    let until = record.pause(time);
    Ok(shown(runtime, &record, was_paused, Some(until)))
}

/// Lets a process take messages again.
///
/// # Errors
///
/// As [`pause`].
pub fn resume(
    context: &NodeContext,
    address: &ProcessAddress,
) -> Result<ProcessPause, OperationError> {
    let runtime = context.runtime()?;
    let cell = runtime.processes().find_free(address)?;
    let record = instrumented(&cell, "be paused")?;
    let was_paused = record.resume();
    Ok(shown(runtime, &record, was_paused, None))
}

fn shown(
    runtime: &NodeRuntime,
    record: &Record,
    was_paused: bool,
    until: Option<Instant>,
) -> ProcessPause {
    let handling = record.handling(clock::nanos());
    ProcessPause {
        pid: runtime.processes().id(record.local),
        paused: until.is_some(),
        was_paused,
        until: until.map(|until| runtime.clock().at(until)),
        handling_for_ms: handling.map(|handling| millis(handling.duration)),
        mailbox_depth: record.depth(),
    }
}

/// Measures all handlers of a process, or some of them again.
///
/// # Errors
///
/// As [`pause`].
pub fn measure(
    context: &NodeContext,
    address: &ProcessAddress,
    mode: MeasureMode,
) -> Result<ProcessMeasure, OperationError> {
    let runtime = context.runtime()?;
    let cell = runtime.processes().find_free(address)?;
    let record = instrumented(&cell, "be measured")?;
    record.set(Flag::Full, mode == MeasureMode::Full);
    Ok(ProcessMeasure { pid: runtime.processes().id(record.local), mode })
}
