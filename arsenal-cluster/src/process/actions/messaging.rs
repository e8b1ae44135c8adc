//! Sending a process a message that was given as JSON.

use std::time::Duration;

use arsenal_core::{
    context::NodeContext,
    error::{Code, OperationError, Violation, ViolationPlace},
};
use ractor::{ActorCell, ActorStatus};
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};
use tokio::time::timeout;

use super::{answered_within, ended, for_people};
use crate::{
    instrument::{clock, records},
    message::{MessageError, MessageJson, message_spec},
    node::RuntimeExt as _,
    process::{AnyJson, ProcessAddress, ProcessId},
    trace::in_context,
};

/// Whether a reply is waited for.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "snake_case")]
pub enum MessageMode {
    /// It is put into the mailbox; a reply, where one comes, is dropped.
    #[default]
    Send,
    /// The reply is waited for.
    Call,
}

/// What is to be sent.
#[derive(Clone, Debug)]
pub struct MessageRequest {
    /// The message.
    pub message: AnyJson,
    /// Whether a reply is waited for.
    pub mode: MessageMode,
    /// For how long.
    pub timeout: Duration,
}

/// What became of a message.
#[derive(Clone, Debug, Serialize, Deserialize, JsonSchema)]
pub struct MessageOutcome {
    /// The process that got it.
    pub pid: ProcessId,
    /// Whether a reply was waited for.
    pub mode: MessageMode,
    /// The reply; absent where none was waited for.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub reply: Option<AnyJson>,
    /// How many messages wait now; known where the process is instrumented.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub mailbox_depth: Option<u64>,
}

/// Sends a message to a process of this node.
///
/// # Errors
///
/// `not_found`; `forbidden` where it is protected; `conflict` where its messages are not offered as JSON;
/// `invalid_input` with a pointer where this is no message of it; `gone` where it has ended; of a call,
/// `distributed_timeout` without a reply in time, and `distributed_exit` where there will be none.
pub async fn message(
    context: &NodeContext,
    address: &ProcessAddress,
    request: MessageRequest,
) -> Result<MessageOutcome, OperationError> {
    let runtime = context.runtime()?;
    let cell = runtime.processes().find_free(address)?;
    let offered = offered(&cell)?;
    if cell.get_status() == ActorStatus::Draining {
        return Err(OperationError::conflict("it is draining: it takes no more messages"));
    }
    let json = request.message.0.get().as_bytes();
    let reply = match request.mode {
        MessageMode::Send => {
            in_context(context.trace(), || (offered.send)(&cell, json)).map_err(refused)?;
            None
        }
        MessageMode::Call => {
            let reply = in_context(context.trace(), || (offered.call)(&cell, json));
            let reply = reply.map_err(refused)?;
            let patience = answered_within(context, request.timeout);
            let replied = timeout(patience, reply).await;
            let reply = replied.map_err(|_elapsed| unanswered(&cell, patience))?;
            Some(AnyJson(reply.map_err(|error| unreplied(&cell, error))?))
        }
    };
    let local = cell.get_id().pid();
    Ok(MessageOutcome {
        pid: runtime.processes().id(local),
        mode: request.mode,
        reply,
        mailbox_depth: records::get(local).and_then(|record| record.depth()),
    })
}

fn offered(cell: &ActorCell) -> Result<MessageJson, OperationError> {
    let spec = message_spec(cell.get_type_id());
    if let Some(json) = spec.and_then(|spec| spec.json) {
        return Ok(json);
    }
    let record = records::get(cell.get_id().pid());
    let name = spec.map(|spec| (spec.type_name)());
    let name = name.or_else(|| record.map(|record| record.types.message));
    let name = name.map_or_else(String::new, |name| format!(", of type `{name}`,"));
    let detail = format!("its messages{name} cannot be given as JSON");
    Err(OperationError::conflict(detail)
        .suggest("derive `ArsenalMessage` with `#[message(json)]` on the type of its messages"))
}

fn refused(error: MessageError) -> OperationError {
    match &error {
        MessageError::Invalid(misread) => {
            let pointer = format!("/message{}", misread.pointer);
            OperationError::invalid_input([Violation {
                place: ViolationPlace::Body,
                name: String::from("message"),
                pointer,
                message: misread.message.clone(),
            }])
        }
        MessageError::NotACall(_) => {
            OperationError::invalid_input([Violation::of_body("mode", error.to_string())])
        }
        MessageError::OtherType => OperationError::internal().because(error),
        MessageError::Ended => ended(),
        MessageError::NoReply => OperationError::new(Code::DistributedExit, error.to_string()),
        MessageError::Unencodable(_) => OperationError::conflict(error.to_string()),
    }
}

/// Without a reply: it may be gone, or have let go of the message.
fn unreplied(cell: &ActorCell, error: MessageError) -> OperationError {
    let has_ended = cell.get_status() >= ActorStatus::Stopping;
    if has_ended && error == MessageError::NoReply { ended() } else { refused(error) }
}

fn unanswered(cell: &ActorCell, waited: Duration) -> OperationError {
    let record = records::get(cell.get_id().pid());
    let paused = record.as_ref().is_some_and(|record| record.paused_until().is_some());
    let handling = record.and_then(|record| record.handling(clock::nanos()));
    let why = match handling {
        _ if paused => String::from(": it is paused"),
        Some(handling) => format!(": its handler has run for {}", for_people(handling.duration)),
        None => String::new(),
    };
    let detail = format!("no reply within {} ms{why}", waited.as_millis());
    OperationError::new(Code::DistributedTimeout, detail)
}
