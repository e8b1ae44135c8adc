//! The answer to a request that is only tried: what would run, and where.

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use super::Reply;
use crate::{
    error::{Failure, OperationError},
    gather::is_enough,
    membership::{CallError, Member, MembershipView, Verdict},
    name::NodeName,
    spec::{OperationSpec, Partition},
    target::Addressed,
};

/// The media type of a [`DryRun`].
pub const DRY_RUN_MEDIA_TYPE: &str = "application/vnd.arsenal.dry-run+json";

/// What a request would do. Nothing ran, and nothing was sent to another node; with `target = owner(…)`
/// others were asked who that is.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
pub struct DryRun {
    /// The operation.
    pub operation: String,
    /// The nodes that it would run on.
    pub nodes: Vec<DryRunNode>,
    /// Why it may run on this side of a partition.
    pub partition: DryRunPartition,
}

/// One node that an operation would run on.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
pub struct DryRunNode {
    /// The node.
    pub node: NodeName,
    /// Whether it can be reached now; one that cannot would be among the failures.
    pub reachable: bool,
}

/// What an operation needs of the cluster, and what the node that was asked sees.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
pub struct DryRunPartition {
    /// The side that it needs.
    pub needs: Partition,
    /// The side that the node is on.
    pub verdict: Verdict,
}

impl DryRun {
    /// The dry run of a request whose arguments are good.
    ///
    /// # Errors
    /// Too few of the nodes can be reached: a real run would give no answer.
    pub(crate) fn of(
        spec: &OperationSpec,
        addressed: &Addressed,
        view: &MembershipView,
    ) -> Result<Self, OperationError> {
        let nodes: Vec<DryRunNode> = match addressed {
            Addressed::Here => vec![DryRunNode { node: view.me.clone(), reachable: true }],
            Addressed::Peer(member) => vec![node(member)],
            Addressed::Nodes(members) => members.iter().map(node).collect(),
        };
        let reachable = nodes.iter().filter(|node| node.reachable).count();
        if reachable == 0 || !is_enough(spec.require, reachable, nodes.len()) {
            let missing = nodes.into_iter().filter(|node| !node.reachable);
            let failure = |it: DryRunNode| Failure::of_call(it.node, CallError::Unavailable);
            return Err(OperationError::of_failures(reachable, missing.map(failure).collect()));
        }
        let partition = DryRunPartition { needs: spec.partition, verdict: view.quorum.verdict };
        Ok(Self { operation: spec.name.to_owned(), nodes, partition })
    }

    pub(crate) fn into_reply(self) -> Result<Reply, OperationError> {
        Reply::json(&self).and_then(Reply::into_json).map(Reply::DryRun)
    }
}

fn node(member: &Member) -> DryRunNode {
    DryRunNode { node: member.name.clone(), reachable: member.status.is_callable() }
}
