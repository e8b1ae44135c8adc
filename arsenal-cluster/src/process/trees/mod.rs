//! The supervision trees of a node: who supervises whom, and on which paths something fails.

mod forest;
mod growing;
mod picture;
#[cfg(test)]
mod tests;

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use super::{Health, Pattern, ProcessAddress, ProcessId, ProcessKind, ProcessStatus};

/// Which supervision trees are shown, and how much of them.
#[derive(Clone, Debug)]
pub struct TreesQuery {
    /// How many levels, counted from the roots.
    pub depth: u32,
    /// How many processes of one node.
    pub limit: u32,
    /// Only the paths to what is called so.
    pub name: Option<Pattern>,
    /// Only the paths to actors of such types.
    pub actor_type: Option<Pattern>,
    /// Only paths on which something does not do well.
    pub failing: bool,
    /// Only the tree below this process.
    pub root: Option<ProcessAddress>,
}

/// The supervision trees of one node.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize, JsonSchema)]
pub struct SupervisionTrees {
    /// What nothing supervises, in the order of starts; or the one process that was asked for.
    pub roots: Vec<SupervisedProcess>,
    /// How many processes there are in all: those that the filters keep.
    pub processes: usize,
    /// How many of them are shown.
    pub shown: usize,
    /// The trees that are not shown at all.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub omitted: Option<Omission>,
}

/// A process and all that it supervises. What is not known of it is absent.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, JsonSchema)]
pub struct SupervisedProcess {
    /// Its identity in the cluster.
    pub pid: ProcessId,
    /// The name that Arsenal knows it by.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub name: Option<String>,
    /// The name that it was given in ractor.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub ractor_name: Option<String>,
    /// The Rust type of the actor, without its modules; known where it is instrumented.
    #[serde(rename = "type", default, skip_serializing_if = "Option::is_none")]
    pub actor_type: Option<String>,
    /// What it is there for.
    pub kind: ProcessKind,
    /// Where it is in its life.
    pub status: ProcessStatus,
    /// Whether its messages and handlers are counted.
    pub instrumented: bool,
    /// What is wrong with it; absent where nothing is known against it.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub health: Option<Health>,
    /// Whether it, or anything below it, shown or not, does not do well.
    pub failing: bool,
    /// How many of its like under its supervisor took the place of one that had failed, up to this one.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub restarts: Option<u32>,
    /// How many of its children have failed; known of instrumented ones.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub children_failed: Option<u32>,
    /// How many processes it supervises, shown or not.
    pub children_total: usize,
    /// Those of them that are shown, in the order of starts.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub children: Vec<Self>,
    /// What is not shown below it, though it was asked for.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub omitted: Option<Omission>,
}

/// What is not shown.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
pub struct Omission {
    /// How many processes, on all levels below.
    pub processes: usize,
    /// Why the uppermost of them are not shown; those below may be too deep as well.
    pub by: OmittedBy,
}

/// Why processes are not shown.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "snake_case")]
pub enum OmittedBy {
    /// They are deeper than was asked for.
    Depth,
    /// They are more than was asked for, or than fit into one answer. Upper levels go before lower ones.
    Limit,
}
