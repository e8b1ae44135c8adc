//! Why a simulated cluster did not do what it was told.

use std::{fmt, io, sync::Arc};

use arsenal_core::{
    error::{Code, OperationError},
    name::NodeName,
};

use super::SimulatedState;
use crate::node::StartError;

/// Nothing has changed.
#[derive(Debug)]
pub enum SimulationError {
    /// This program was given no way to make simulated nodes.
    Unsupported,
    /// There is one already.
    Exists,
    /// There is none.
    Absent,
    /// It has no node with this name.
    UnknownNode {
        /// The name.
        node: NodeName,
        /// The names that there are.
        known: Arc<[NodeName]>,
    },
    /// The node is in another state than it must be in.
    WrongState {
        /// The node.
        node: NodeName,
        /// How it is.
        state: SimulatedState,
    },
    /// Requests cannot be given to this node.
    Unavailable {
        /// The node.
        node: NodeName,
        /// How it is.
        state: SimulatedState,
    },
    /// Requests can be given to no node.
    NobodyRuns,
    /// Only a clock that stands can be stepped.
    ClockRuns,
    /// The clock is being stepped.
    Stepping,
    /// A node did not start.
    Start(NodeName, StartError),
    /// There is no thread for it.
    Thread(io::Error),
    /// It has more to do than it takes on.
    Busy,
    /// It does not do what it is told: its thread is held up.
    Stuck,
    /// It has ended.
    Ended,
}

impl fmt::Display for SimulationError {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Unsupported => formatter.write_str("this program makes no simulated nodes"),
            Self::Exists => formatter.write_str("there is a simulated cluster already"),
            Self::Absent => formatter.write_str("there is no simulated cluster"),
            Self::UnknownNode { node, .. } => {
                write!(formatter, "the simulated cluster has no node `{node}`")
            }
            Self::WrongState { node, state } | Self::Unavailable { node, state } => {
                write!(formatter, "the simulated node `{node}` is {}", state.as_str())
            }
            Self::NobodyRuns => formatter.write_str("no node of the simulated cluster runs"),
            Self::ClockRuns => formatter.write_str("the clock of the simulated cluster runs"),
            Self::Stepping => formatter.write_str("the clock is being stepped"),
            Self::Start(node, error) => {
                write!(formatter, "the simulated node `{node}` did not start: {error}")
            }
            Self::Thread(error) => write!(formatter, "no thread for the simulation: {error}"),
            Self::Busy => formatter.write_str("too much is asked of the simulated cluster at once"),
            Self::Stuck => formatter.write_str(
                "the simulated cluster does not react: code on one of its nodes blocks the thread",
            ),
            Self::Ended => formatter.write_str("the simulated cluster has just ended"),
        }
    }
}

impl std::error::Error for SimulationError {}

impl SimulationError {
    fn suggestion(&self) -> Option<String> {
        let text = match self {
            Self::Exists | Self::Stuck => "`DELETE /api/v1/simulation` ends it",
            Self::Absent | Self::Ended => "`POST /api/v1/simulation` makes one",
            Self::UnknownNode { known, .. } => {
                return Some(format!("it has {}", NodeName::listed(&**known)));
            }
            Self::WrongState { node, state } => return Some(way_out(node, *state)),
            Self::Unavailable { node, state } => {
                return Some(format!(
                    "{}, or choose another node: `Arsenal-Mode: simulated; node=NAME`",
                    way_out(node, *state)
                ));
            }
            Self::NobodyRuns => "`POST /api/v1/simulation/nodes/{node}/recover` starts one",
            Self::ClockRuns => "`POST /api/v1/simulation/clock/pause` first",
            Self::Stepping => "wait for the step that is under way, or pause or resume the clock",
            Self::Unsupported | Self::Start(..) | Self::Thread(_) | Self::Busy => return None,
        };
        Some(text.to_owned())
    }

    fn code(&self) -> Code {
        match self {
            Self::UnknownNode { .. } => Code::NotFound,
            Self::Unavailable { .. } | Self::NobodyRuns => Code::NodeUnavailable,
            Self::Busy => Code::Overloaded,
            Self::Stuck => Code::DistributedTimeout,
            Self::Start(..) | Self::Thread(_) => Code::Internal,
            Self::Unsupported
            | Self::Exists
            | Self::Absent
            | Self::WrongState { .. }
            | Self::ClockRuns
            | Self::Stepping
            | Self::Ended => Code::Conflict,
        }
    }
}

/// How the node comes to run.
fn way_out(node: &NodeName, state: SimulatedState) -> String {
    let action = match state {
        SimulatedState::Running => "freeze",
        SimulatedState::Frozen => "thaw",
        SimulatedState::Failed => "recover",
    };
    format!("`POST /api/v1/simulation/nodes/{node}/{action}`")
}

impl From<SimulationError> for OperationError {
    fn from(error: SimulationError) -> Self {
        let told = Self::new(error.code(), error.to_string());
        let told = match error.suggestion() {
            Some(suggestion) => told.suggest(suggestion),
            None => told,
        };
        if *told.code() == Code::Internal { told.because(error) } else { told }
    }
}
