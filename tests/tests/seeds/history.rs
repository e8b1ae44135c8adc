//! What was seen of one run: what the nodes said, and what they did.

use std::{collections::BTreeMap, fmt, time::Duration};

use arsenal_cluster::membership::Electorate;
use arsenal_core::membership::{NodeStatus, Ran, Verdict};

use super::{fault::letter, truth::Truth};

/// All that the invariants judge.
#[derive(Clone, Debug)]
pub(crate) struct History {
    pub(crate) truth: Truth,
    pub(crate) samples: Vec<Sample>,
    pub(crate) runs: Vec<Run>,
    pub(crate) requests: BTreeMap<u64, Request>,
    /// What must never be: panics, and gossip that broke.
    pub(crate) breakdowns: Vec<(Duration, String)>,
}

/// The view of one node at one moment.
#[derive(Clone, Debug)]
pub(crate) struct Sample {
    pub(crate) at: Duration,
    pub(crate) slot: usize,
    pub(crate) generation: u64,
    pub(crate) verdict: Verdict,
    /// All other nodes: status, and which start of them.
    pub(crate) others: BTreeMap<usize, (NodeStatus, u64)>,
    /// The version of the list of voters, and the list.
    pub(crate) electorate: Electorate,
}

/// A mutation that was executed.
#[derive(Clone, Debug)]
pub(crate) struct Run {
    /// When it was let through.
    pub(crate) accepted_at: Duration,
    /// When it had its effect.
    pub(crate) at: Duration,
    pub(crate) slot: usize,
    /// The request that it belongs to.
    pub(crate) number: u64,
}

/// What was asked.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Question {
    /// A mutation on one node.
    Append {
        to: usize,
        /// How long it works before it has its effect.
        pause: Duration,
    },
    /// A mutation on all nodes.
    AppendAll,
    /// What one node knows.
    Read,
    /// What all nodes know.
    ReadAll,
}

/// One request that a node has begun to read.
#[derive(Clone, Debug)]
pub(crate) struct Request {
    /// The node that was asked.
    pub(crate) slot: usize,
    pub(crate) generation: u64,
    pub(crate) question: Question,
    /// When the node began to read it.
    pub(crate) began: Duration,
    /// How long the client waits from then on.
    pub(crate) patience: Duration,
    /// None where the node died before.
    pub(crate) answer: Option<Answer>,
}

/// What came back.
#[derive(Clone, Debug)]
pub(crate) struct Answer {
    pub(crate) at: Duration,
    pub(crate) status: u16,
    /// The code of a problem; empty for none.
    pub(crate) code: String,
    /// What is said of each node that failed: did it run?
    pub(crate) ran: BTreeMap<usize, Ran>,
    /// The header `Arsenal-Stale`, where there is one.
    pub(crate) is_stale: Option<bool>,
}

impl Sample {
    /// Whether this node lets mutations through.
    pub(crate) const fn may_decide(&self) -> bool {
        matches!(self.verdict, Verdict::Solo | Verdict::Whole | Verdict::Majority)
    }
}

impl Answer {
    pub(crate) const fn is_good(&self) -> bool {
        self.status / 100 == 2
    }
}

impl fmt::Display for Run {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(formatter, "{} executes {}", letter(self.slot), self.number)
    }
}
