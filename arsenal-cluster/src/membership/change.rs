//! What happens in a cluster, as one node sees it.

use std::collections::BTreeSet;

use arsenal_core::{
    membership::{NodeStatus, Verdict},
    name::NodeName,
};
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use super::{event_filter::EventKind, split::Evidence};

/// One thing that happened.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(tag = "kind", rename_all = "snake_case")]
pub enum Change {
    /// A node has another status.
    NodeStatus {
        /// The node.
        node: NodeName,
        /// Which start of it.
        generation: u64,
        /// What was told of it before; absent where that is the first.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        before: Option<NodeStatus>,
        /// What it is.
        status: NodeStatus,
        /// Why.
        reason: String,
    },
    /// A node that was down for long, and is no voter, is forgotten.
    NodeForgotten {
        /// The node.
        node: NodeName,
    },
    /// The verdict of this node is another one.
    Verdict {
        /// What it was.
        before: Verdict,
        /// What it is.
        verdict: Verdict,
        /// The voters that do not answer.
        missing: BTreeSet<NodeName>,
    },
    /// Other voters decide from now on.
    Voters {
        /// The version of the list.
        version: u64,
        /// The voters.
        voters: BTreeSet<NodeName>,
    },
    /// Two authorities were seen: nothing is changed any more, until that is resolved.
    SplitBrain {
        /// What was seen.
        evidence: Evidence,
    },
    /// The two authorities are one again.
    SplitBrainResolved,
    /// Another process with the name of a node that is alive was refused.
    NameRefused {
        /// The name.
        node: NodeName,
        /// Which start was refused.
        generation: u64,
        /// Which start holds the name.
        holder: u64,
    },
    /// This node is refused by others, since another start of it is alive. It decides nothing.
    NameHeld {
        /// Which start holds the name.
        holder: u64,
    },
    /// This node did not run for a while, and checks what it knows before it decides anything.
    Paused {
        /// For how long, in ms.
        for_ms: u64,
    },
    /// The gossip of this node had broken, and began anew.
    GossipRestarted {
        /// How often since the node started.
        times: u32,
    },
    /// What this node does by itself, on a beat, had broken, and began anew.
    BeatRestarted {
        /// How often since the node started.
        times: u32,
    },
    /// Only told to whoever follows: what it missed before the next event is not known any more.
    EventsMissed {
        /// Why.
        why: Missed,
    },
}

/// Why events are not known to whoever follows them.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "snake_case")]
pub enum Missed {
    /// The node was started again since the last one. Its events since then follow, as far as it
    /// remembers them.
    Restarted,
    /// The last one was of another node, whose numbers say nothing here. What happens from now on
    /// follows.
    OtherNode,
    /// There were more than the node remembers. Those that it remembers follow.
    Forgotten,
}

impl Change {
    /// What kind of change it is.
    pub const fn kind(&self) -> EventKind {
        match self {
            Self::NodeStatus { .. } => EventKind::NodeStatus,
            Self::NodeForgotten { .. } => EventKind::NodeForgotten,
            Self::Verdict { .. } => EventKind::Verdict,
            Self::Voters { .. } => EventKind::Voters,
            Self::SplitBrain { .. } => EventKind::SplitBrain,
            Self::SplitBrainResolved => EventKind::SplitBrainResolved,
            Self::NameRefused { .. } => EventKind::NameRefused,
            Self::NameHeld { .. } => EventKind::NameHeld,
            Self::Paused { .. } => EventKind::Paused,
            Self::GossipRestarted { .. } => EventKind::GossipRestarted,
            Self::BeatRestarted { .. } => EventKind::BeatRestarted,
            Self::EventsMissed { .. } => EventKind::EventsMissed,
        }
    }

    /// The other node that it is about, if it is about one.
    pub const fn node(&self) -> Option<&NodeName> {
        match self {
            Self::NodeStatus { node, .. }
            | Self::NodeForgotten { node }
            | Self::NameRefused { node, .. } => Some(node),
            Self::Verdict { .. }
            | Self::Voters { .. }
            | Self::SplitBrain { .. }
            | Self::SplitBrainResolved
            | Self::NameHeld { .. }
            | Self::Paused { .. }
            | Self::GossipRestarted { .. }
            | Self::BeatRestarted { .. }
            | Self::EventsMissed { .. } => None,
        }
    }

    /// Tells people of what they have to do something about.
    pub(crate) fn log(&self) {
        match self {
            Self::NameRefused { node, generation, holder } => tracing::error!(
                "another process has the name `{node}`: start {generation} is refused, since start \
                 {holder} is alive, or was until lately; end one of them, or give it another --name"
            ),
            Self::NameHeld { holder } => tracing::error!(
                "the name of this node belongs to another process, start {holder}, which is alive, \
                 or was until lately; end that one, or start this node with another --name"
            ),
            Self::SplitBrain { evidence } => tracing::error!(
                ?evidence,
                "two authorities were seen: nothing is changed any more, until `POST \
                 /api/v1/cluster/partitions/resolve` says who decides"
            ),
            Self::SplitBrainResolved => tracing::warn!("the two authorities are one again"),
            Self::Verdict { before, verdict, missing } if missing.is_empty() => {
                tracing::info!("verdict: {verdict}, before: {before}");
            }
            Self::Verdict { before, verdict, missing } => {
                let missing = NodeName::listed(missing);
                tracing::warn!("verdict: {verdict}, before: {before}; missing: {missing}");
            }
            Self::Voters { version, voters } => {
                tracing::info!(version, "who decides from now on: {}", NodeName::listed(voters));
            }
            Self::NodeStatus { node, status, reason, .. } => {
                tracing::info!("node `{node}` is {status}: {reason}");
            }
            Self::NodeForgotten { node } => {
                tracing::info!("node `{node}` was down for long, and is forgotten");
            }
            Self::Paused { for_ms } => {
                tracing::warn!("this node did not run for {for_ms} ms, and checks what it knows");
            }
            Self::GossipRestarted { .. }
            | Self::BeatRestarted { .. }
            | Self::EventsMissed { .. } => {}
        }
    }
}
