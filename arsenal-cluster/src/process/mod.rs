//! The processes of a node: their identity, their names, and what is known of each.

mod actions;
mod address;
mod any_json;
mod aside;
mod busy;
mod elsewhere;
mod ends;
mod failures;
mod groups;
mod health;
mod id;
mod listing;
mod lookup;
mod name;
mod named;
mod names;
mod narrowing;
mod observing;
mod position;
mod query;
mod ranking;
mod recipes;
mod snapshot;
mod supervisor;
mod table;
mod trees;

pub use actions::{
    Ancestor, EndMode, EndRequest, GroupName, MeasureMode, MessageInfo, MessageMode,
    MessageOutcome, MessageRequest, ProcessDetail, ProcessEnd, ProcessMeasure, ProcessPause,
    ProcessPlan, ProcessRestart, ProcessStart, ProcessState, StartRequest, StartedFrom, detail,
    end, measure, message, pause, plan_start, restart, resume, start, state,
};
pub(crate) use actions::{Recipe, instrumented, start_under};
pub use address::{InvalidProcessAddress, ProcessAddress};
pub use any_json::AnyJson;
pub use elsewhere::Elsewhere;
pub(crate) use elsewhere::Roots;
pub use failures::{FailureQuery, ProcessFailure};
pub use groups::{GroupPlace, GroupQuery, ProcessGroup};
pub use health::{Health, HealthStatus};
pub use id::{InvalidProcessId, ProcessId};
pub use name::{InvalidProcessName, ProcessName};
pub use named::NamedProcess;
pub use names::{NameTaken, Names};
pub use narrowing::refuse_nobody;
pub use position::{Position, SortedBy, Sorting};
pub use query::{Pattern, ProcessQuery};
pub use ranking::{NodeRanking, Order, Rank, RankUnit, Ranked, SortKey, Standing, merge_rankings};
pub use snapshot::{
    HandlerTimes, Handling, Process, ProcessCounters, ProcessKind, ProcessStatus, Rates,
};
pub(crate) use supervisor::{ChildEnded, Supervisor};
pub use table::ProcessTable;
pub use trees::{Omission, OmittedBy, SupervisedProcess, SupervisionTrees, TreesQuery};
