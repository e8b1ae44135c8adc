//! What can be done with one process, on the node that it runs on.

mod detail;
mod ending;
mod messaging;
mod pausing;
mod restarting;
mod starting;
mod state;

use std::{sync::Arc, time::Duration};

use arsenal_core::{
    context::NodeContext,
    error::{Code, OperationError},
};
use ractor::{ActorCell, ActorStatus};

pub(crate) use self::starting::{Recipe, start_under};
pub use self::{
    detail::{Ancestor, GroupName, MessageInfo, ProcessDetail, StartedFrom, detail},
    ending::{EndMode, EndRequest, ProcessEnd, end},
    messaging::{MessageMode, MessageOutcome, MessageRequest, message},
    pausing::{MeasureMode, ProcessMeasure, ProcessPause, measure, pause, resume},
    restarting::{ProcessRestart, restart},
    starting::{ProcessPlan, ProcessStart, StartRequest, plan_start, start},
    state::{ProcessState, state},
};
use super::{ProcessAddress, ProcessTable, elsewhere::below};
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

/// An end of this actor would be the end of what is below it, too.
///
/// # Errors
///
/// `forbidden` where some of that is protected.
async fn refuse_protected_below(
    table: &Arc<ProcessTable>,
    cell: &ActorCell,
) -> Result<(), OperationError> {
    let top = cell.clone();
    let protected = table.aside(move |table| {
        let is_protected = |cell: &ActorCell| table.is_protected(cell);
        below(vec![top]).iter().find(|cell| is_protected(cell)).map(|cell| cell.get_id().pid())
    });
    match protected.await? {
        None => Ok(()),
        Some(local) => {
            let id = table.id(local);
            Err(OperationError::forbidden(format!("process `{id}` below it is protected")))
        }
    }
}

/// What is left of a time that was asked for, so that the answer still reaches the caller.
fn answered_within(context: &NodeContext, time: Duration) -> Duration {
    time.min(context.time_left().saturating_sub(ON_ITS_WAY))
}

/// The part of the caller's time that is left for an answer on its way.
const ON_ITS_WAY: Duration = Duration::from_millis(250);

/// What is counted of an actor, where it must be instrumented for what is asked of it.
///
/// # Errors
///
/// `conflict` where it is not instrumented; `gone` where it is about to end, for then it is not known
/// whether it was.
pub(crate) fn instrumented(cell: &ActorCell, what: &str) -> Result<Arc<Record>, OperationError> {
    records::get(cell.get_id().pid()).ok_or_else(|| {
        if cell.get_status() >= ActorStatus::Stopping {
            return ended();
        }
        OperationError::conflict(format!("it is not instrumented, so that it cannot {what}")).suggest(
            "spawn it with `spawn_instrumented` of `arsenal_cluster::instrument::SpawnInstrumented`, \
             or from a blueprint",
        )
    })
}

/// Seconds, or milliseconds of what is shorter.
fn for_people(duration: Duration) -> String {
    match duration.as_secs() {
        0 => format!("{} ms", duration.as_millis()),
        seconds => format!("{seconds} s"),
    }
}

/// It ended while something was asked of it.
fn ended() -> OperationError {
    OperationError::new(Code::Gone, "the process has ended meanwhile")
}
