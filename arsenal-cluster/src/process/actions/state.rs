//! The state of a process, as its own task shows it.

use std::time::Duration;

use arsenal_core::{
    context::NodeContext,
    error::{Code, OperationError},
};
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};
use tokio::time::timeout;

use super::{answered_within, ended, for_people, instrumented};
use crate::{
    instrument::{Record, clock},
    node::RuntimeExt as _,
    process::{AnyJson, ProcessAddress, ProcessId},
};

/// The state of a process at one moment, between two messages.
#[derive(Clone, Debug, Serialize, Deserialize, JsonSchema)]
pub struct ProcessState {
    /// The process.
    pub pid: ProcessId,
    /// The Rust type of its state.
    #[serde(rename = "type")]
    pub state_type: String,
    /// The state.
    pub state: AnyJson,
}

/// Asks a process of this node for its state.
///
/// # Errors
///
/// `not_found`; `conflict` where its state is not offered; `distributed_timeout` where it is busy.
pub async fn state(
    context: &NodeContext,
    address: &ProcessAddress,
    patience: Duration,
) -> Result<ProcessState, OperationError> {
    let runtime = context.runtime()?;
    let cell = runtime.processes().find(address)?;
    let record = instrumented(&cell, "show its state")?;
    let Some(spec) = record.types.state_spec else { return Err(not_offered(&record)) };
    let via = runtime.root().ok_or_else(OperationError::internal)?;
    let patience = answered_within(context, patience);
    let answered = record.ask_state(&cell, via).ok_or_else(|| {
        OperationError::new(Code::Overloaded, "too many ask this process for its state at once")
    })?;
    let shown = match timeout(patience, answered).await {
        Ok(Ok(shown)) => shown,
        Ok(Err(_dropped)) => return Err(ended()),
        Err(_too_late) => return Err(busy(&record, patience)),
    };
    let state = shown.map_err(|error| OperationError::conflict(error.to_string()))?;
    Ok(ProcessState {
        pid: runtime.processes().id(record.local),
        state_type: (spec.type_name)().to_owned(),
        state: AnyJson(state),
    })
}

fn not_offered(record: &Record) -> OperationError {
    let state = record.types.state;
    let is_own =
        state.contains("::") && !state.starts_with("alloc::") && !state.starts_with("core::");
    let suggestion = if is_own {
        format!("derive `ArsenalState` (and `serde::Serialize`) on `{state}`")
    } else {
        format!("put the `{state}` into a struct of your own that derives `ArsenalState`")
    };
    OperationError::conflict(format!("its state, a `{state}`, is not offered")).suggest(suggestion)
}

/// It answers between two messages, so that a long handler is waited for.
fn busy(record: &Record, patience: Duration) -> OperationError {
    let handling = record.handling(clock::nanos());
    let what = handling.map_or_else(String::new, |handling| {
        format!(": its handler has run for {}", for_people(handling.duration))
    });
    let detail = format!("it did not answer within {} ms{what}", patience.as_millis());
    OperationError::new(Code::DistributedTimeout, detail)
}
