//! What can be done with one process, on the node that it runs on.

mod detail;
mod ending;
mod messaging;
mod pausing;
mod restarting;
mod starting;
mod state;

use arsenal_core::error::{Code, OperationError};
use ractor::ActorCell;

pub(crate) use self::starting::{Recipe, start_under};
pub use self::{
    detail::{Ancestor, GroupName, MessageInfo, ProcessDetail, StartedFrom, detail},
    ending::{EndMode, EndRequest, ProcessEnd, end},
    messaging::{MessageMode, MessageOutcome, MessageRequest, message},
    pausing::{MeasureMode, ProcessMeasure, ProcessPause, measure, pause, resume},
    restarting::{ProcessRestart, restart},
    starting::{ProcessStart, StartRequest, start},
    state::{ProcessState, state},
};
use super::{ProcessAddress, ProcessTable};
use crate::instrument::{Record, records};

impl ProcessTable {
    /// The actor that an address names, if it may be changed.
    ///
    /// # Errors
    ///
    /// `not_found`, and `forbidden` where it is protected.
    fn find_free(&self, address: &ProcessAddress) -> Result<ActorCell, OperationError> {
        let cell = self.find(address)?;
        if self.is_protected(&cell) {
            let id = self.id(cell.get_id().pid());
            let detail = format!("process `{id}` is protected: the node or its program needs it");
            return Err(OperationError::forbidden(detail));
        }
        Ok(cell)
    }
}

/// What is counted of an actor, where it must be instrumented for what is asked of it.
fn instrumented(cell: &ActorCell, what: &str) -> Result<std::sync::Arc<Record>, OperationError> {
    records::get(cell.get_id().pid()).ok_or_else(|| {
        OperationError::conflict(format!("it is not instrumented, so that it cannot {what}")).suggest(
            "spawn it with `spawn_instrumented` of `arsenal_cluster::instrument::SpawnInstrumented`, \
             or from a blueprint",
        )
    })
}

/// It ended while something was asked of it.
fn ended() -> OperationError {
    OperationError::new(Code::Gone, "the process has ended meanwhile")
}
