//! `GET /api/v1/cluster/nodes/{node}/self`: what [`inspect_node`](super::inspect) asks of the node.

use arsenal_cluster::{node::RuntimeExt as _, topology::NodeInfo};
use arsenal_core::{
    membership::{NodeStatus, Quorum},
    prelude::*,
};
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

/// One node, as it describes itself and as it sees the others.
#[derive(Clone, Debug, Serialize, Deserialize, JsonSchema)]
pub struct SelfDescription {
    /// The node.
    pub node: NodeInfo,
    /// The members that it knows.
    pub members: Vec<KnownMember>,
    /// Its side of a partition, as it judges.
    pub quorum: Quorum,
}

/// A member, as a node sees it.
#[derive(Clone, Debug, Serialize, Deserialize, JsonSchema)]
pub struct KnownMember {
    /// Its name.
    pub name: NodeName,
    /// Which start of it; zero where it was never met.
    pub generation: u64,
    /// Whether it answers that node.
    pub status: NodeStatus,
}

/// Asks a node to describe itself.
///
/// An error where it does not answer; `node.inspect` says then what is known of it.
#[operation(
    get,
    "/api/v1/cluster/nodes/{node}/self",
    tag = "node",
    target = node(node),
    timeout = "2s"
)]
pub async fn describe_node(
    context: NodeContext,
    /// The name of the node.
    #[expect(unused_variables, reason = "the target has led there")]
    node: String,
) -> Result<SelfDescription, OperationError> {
    let view = context.membership();
    let members = view.members.iter().map(|member| KnownMember {
        name: member.name.clone(),
        generation: member.generation,
        status: member.status,
    });
    Ok(SelfDescription {
        node: context.runtime()?.node_info(),
        members: members.collect(),
        quorum: view.quorum.clone(),
    })
}
