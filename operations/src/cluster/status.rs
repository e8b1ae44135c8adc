//! `GET /api/v1/cluster/status`

use std::collections::BTreeMap;

use arsenal_cluster::node::RuntimeExt as _;
use arsenal_core::{
    membership::{Mode, Quorum},
    prelude::*,
};
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

/// What a node may decide, and why.
#[derive(Clone, Debug, Serialize, Deserialize, JsonSchema)]
pub struct ClusterStatus {
    /// The node that was asked.
    pub node: NodeName,
    /// Which cluster it is part of.
    pub mode: Mode,
    /// Its side of a partition, and the voters that this rests on.
    pub quorum: Quorum,
    /// Which version of the list of voters it goes by.
    pub voters_version: u64,
    /// The version of Arsenal that each node runs, as far as known.
    pub versions: BTreeMap<NodeName, String>,
    /// What to do, where something should be done.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub advice: Option<String>,
}

/// Shows which side of a partition this node is on, and who votes.
#[operation(get, "/api/v1/cluster/status", tag = "cluster")]
pub async fn status(node: NodeContext) -> Result<ClusterStatus, OperationError> {
    let runtime = node.runtime()?;
    let quorum = node.membership().quorum.clone();
    Ok(ClusterStatus {
        node: node.node().clone(),
        mode: node.mode(),
        advice: runtime.advice(&quorum),
        quorum,
        voters_version: runtime.electorate().version,
        versions: runtime.versions(),
    })
}
