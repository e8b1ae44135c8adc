//! What a node knows of its cluster, as one immutable snapshot, and the one way to reach the others.
//!
//! Core plans with a [`MembershipView`] and sends through [`Cluster`]; it never sees a socket or an actor.

use std::{collections::BTreeSet, fmt, sync::Arc, time::Duration};

use bytes::Bytes;
use futures_util::{future::BoxFuture, stream::BoxStream};
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use crate::{context::NodeContext, error::OperationError, name::NodeName};

/// The other nodes, as one of them sees them.
///
/// Implemented by the node's runtime; [`Alone`] is the implementation of a node without others.
pub trait Cluster: Send + Sync + 'static {
    /// Who is in, and what may be decided here. Read once per request, so it is cheap.
    fn view(&self) -> Arc<MembershipView>;

    /// Sends an encoded envelope to another node and waits for its encoded answer, at most `timeout`.
    ///
    /// Implementations must not run anything here for a node that is not reachable, and must say
    /// truthfully by the error whether the operation may have run.
    fn call(
        &self,
        node: &NodeName,
        envelope: Bytes,
        timeout: Duration,
    ) -> BoxFuture<'static, Result<Bytes, CallError>>;

    /// Sends an encoded envelope to another node and waits, at most `timeout`, until it begins to
    /// answer with a stream of encoded items.
    ///
    /// The stream ends with the remote one; `Lost` is its last item where the path was lost. Dropping
    /// it ends the operation there. No more items are sent than this side has room for.
    fn open(
        &self,
        node: &NodeName,
        envelope: Bytes,
        timeout: Duration,
    ) -> BoxFuture<'static, Result<PeerStream, CallError>>;

    /// Which node owns what an operation with `target = owner(…)` was given as its argument.
    ///
    /// The context is that of the invocation: what is invoked through it is on behalf of the same
    /// caller, within the same deadline. The arguments are checked; nothing has run, and an error from
    /// here says why nothing will. Where nobody owns anything, this node has it all.
    #[expect(unused_variables, reason = "named for those who implement it")]
    fn owner(
        &self,
        context: NodeContext,
        named: Named,
    ) -> BoxFuture<'static, Result<NodeName, OperationError>> {
        Box::pin(std::future::ready(Ok(self.view().me.clone())))
    }
}

/// What an operation with `target = owner(…)` was given as its argument.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Named {
    /// As it was given.
    pub text: String,
    /// Whether the operation changes something: then it must be certain who is meant.
    pub is_for_change: bool,
}

/// The encoded items of a stream that another node gives, see [`Cluster::open`].
pub type PeerStream = BoxStream<'static, Result<Bytes, CallError>>;

/// Why another node gave no answer. Each variant says what became of the call there.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum CallError {
    /// There is no path to the node. It did not run.
    Unavailable,
    /// Too much is in flight to the node. It did not run.
    Overloaded,
    /// The request is larger than a frame. It did not run.
    TooLarge,
    /// The path was lost while waiting. It may have run.
    Lost,
    /// No answer in time. It may have run.
    TimedOut,
    /// The node refused the request as too late. It did not run.
    Late,
}

/// Whether an operation ran on a node.
#[derive(
    Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize, JsonSchema,
)]
#[serde(rename_all = "snake_case")]
pub enum Ran {
    /// It ran.
    Yes,
    /// It did not run and will not.
    No,
    /// It may have run, or may still.
    Unknown,
}

impl CallError {
    /// Whether the operation ran in spite of the error.
    pub const fn ran(self) -> Ran {
        match self {
            Self::Unavailable | Self::Overloaded | Self::TooLarge | Self::Late => Ran::No,
            Self::Lost | Self::TimedOut => Ran::Unknown,
        }
    }
}

/// Who is in, as one node sees it at one moment.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct MembershipView {
    /// The node whose view this is.
    pub me: NodeName,
    /// Every member that has not left, this node among them, by name.
    pub members: Vec<Member>,
    /// The nodes that have left, and are still remembered.
    pub left: BTreeSet<NodeName>,
    /// Which side of a partition this node is on, and why.
    pub quorum: Quorum,
}

impl MembershipView {
    /// The member with this name. The only way to get one, so nobody addresses an unchecked name.
    pub fn member(&self, name: &str) -> Option<&Member> {
        self.members.iter().find(|member| member.name.as_str() == name)
    }
}

/// One node in a view.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Member {
    /// Its name.
    pub name: NodeName,
    /// Which start of it this is; zero while it has never been met.
    pub generation: u64,
    /// Whether it answers.
    pub status: NodeStatus,
}

/// The state of a node, as another one sees it.
#[derive(
    Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize, JsonSchema,
)]
#[serde(rename_all = "snake_case")]
pub enum NodeStatus {
    /// It answers.
    Up,
    /// It does not answer, but is not yet given up.
    Suspect,
    /// It is given up.
    Down,
    /// It is alive to others, but not to us.
    Partitioned,
    /// It left on purpose.
    Left,
}

impl fmt::Display for NodeStatus {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.write_str(match self {
            Self::Up => "up",
            Self::Suspect => "suspect",
            Self::Down => "down",
            Self::Partitioned => "partitioned",
            Self::Left => "left",
        })
    }
}

impl NodeStatus {
    /// Whether a call to it makes sense.
    pub const fn is_callable(self) -> bool {
        matches!(self, Self::Up | Self::Suspect)
    }
}

/// Which side of a partition a node is on.
#[derive(
    Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize, JsonSchema,
)]
#[serde(rename_all = "snake_case")]
pub enum Verdict {
    /// Alone by configuration: everything is allowed.
    Solo,
    /// A quorum has never been seen since start.
    Forming,
    /// All voters answer.
    Whole,
    /// More than half of the voters answer, for long enough.
    Majority,
    /// At most half of the voters answer.
    Minority,
    /// More than half of the voters answer, but not yet for long enough.
    Unstable,
    /// Two authorities were seen.
    SplitBrain,
}

impl fmt::Display for Verdict {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.write_str(match self {
            Self::Solo => "solo",
            Self::Forming => "forming",
            Self::Whole => "whole",
            Self::Majority => "majority",
            Self::Minority => "minority",
            Self::Unstable => "unstable",
            Self::SplitBrain => "split_brain",
        })
    }
}

/// The verdict with what it rests on. Stands as `cluster` in the problems of a cluster.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
pub struct Quorum {
    /// The verdict.
    pub verdict: Verdict,
    /// The voters that answer.
    pub live: BTreeSet<NodeName>,
    /// All voters.
    pub expected: BTreeSet<NodeName>,
    /// The voters that do not answer.
    pub missing: BTreeSet<NodeName>,
    /// Since when the verdict stands (RFC 3339).
    pub since: String,
}

/// Which cluster answered.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "snake_case")]
pub enum Mode {
    /// Real nodes.
    Cluster,
    /// Simulated nodes.
    Simulated,
}

impl Mode {
    /// As the header `Arsenal-Mode` has it.
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Cluster => "cluster",
            Self::Simulated => "simulated",
        }
    }
}

/// A cluster of one: for programs without other nodes, and for unit tests.
#[derive(Clone, Debug)]
pub struct Alone {
    view: Arc<MembershipView>,
}

impl Alone {
    /// The view of a single node.
    pub fn new(me: NodeName) -> Self {
        let members = vec![Member { name: me.clone(), generation: 1, status: NodeStatus::Up }];
        let quorum = Quorum {
            verdict: Verdict::Solo,
            live: [me.clone()].into(),
            expected: [me.clone()].into(),
            missing: BTreeSet::new(),
            since: String::from("1970-01-01T00:00:00Z"),
        };
        let left = BTreeSet::new();
        Self { view: Arc::new(MembershipView { me, members, left, quorum }) }
    }
}

impl Cluster for Alone {
    fn view(&self) -> Arc<MembershipView> {
        Arc::clone(&self.view)
    }
    fn call(
        &self,
        _: &NodeName,
        _: Bytes,
        _: Duration,
    ) -> BoxFuture<'static, Result<Bytes, CallError>> {
        Box::pin(std::future::ready(Err(CallError::Unavailable)))
    }
    fn open(
        &self,
        _: &NodeName,
        _: Bytes,
        _: Duration,
    ) -> BoxFuture<'static, Result<PeerStream, CallError>> {
        Box::pin(std::future::ready(Err(CallError::Unavailable)))
    }
}
