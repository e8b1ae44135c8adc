//! `POST /api/v1/processes/{pid}/message`

use std::time::Duration;

use arsenal_cluster::process::{
    AnyJson, MessageMode, MessageOutcome, MessageRequest, ProcessAddress, message as deliver,
};
use arsenal_core::prelude::*;

/// Sends a message to a process, and gives its reply where it is called.
///
/// The messages that it understands, and their schema, are in `process.inspect`: as `"get"`, or
/// `{"add": 5}`. Their type must derive `ArsenalMessage` with `#[message(json)]`; the actor need not be
/// instrumented.
#[operation(
    post,
    "/api/v1/processes/{pid}/message",
    tag = "process",
    target = owner(pid),
    timeout = "31s",
    idempotent
)]
pub async fn message_process(
    context: NodeContext,
    /// Its id, its name, or `name@node` where the name repeats.
    pid: ProcessAddress,
    /// The message.
    message: AnyJson,
    /// Whether to wait for the reply; `send` if nothing is said.
    mode: Option<MessageMode>,
    /// How long to wait for the reply, in ms.
    #[param(range(min = 1, max = 30_000), default = 4000)]
    timeout_ms: u32,
) -> Result<MessageOutcome, OperationError> {
    let mode = mode.unwrap_or_default();
    let timeout = Duration::from_millis(timeout_ms.into());
    deliver(&context, &pid, MessageRequest { message, mode, timeout }).await
}
