//! `GET /api/v1/cluster/nodes/{node}`

use arsenal_cluster::{
    membership::{Electorate, Judgement, NodeFacts},
    node::{NodeRuntime, RuntimeExt as _},
    resolution::VoterList,
    topology::NodeInfo,
};
use arsenal_core::{
    error::Code,
    membership::{NodeStatus, Quorum, Verdict},
    prelude::*,
};
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};
use serde_json::json;

use super::describe::{KnownMember, SelfDescription};

/// One node: as it describes itself, or what is known of it where it does not answer.
#[derive(Clone, Debug, Serialize, Deserialize, JsonSchema)]
pub struct NodeDetail {
    /// The node. Of one that does not answer: what it said last, and what was seen of it since.
    pub node: NodeInfo,
    /// Who says so: the node itself, or the one that was asked because it does not answer.
    pub known_by: NodeName,
    /// Why the node does not answer for itself; absent where it does.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub unanswered: Option<String>,
    /// How the node that was asked sees it; absent where the two are the same.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub seen: Option<SeenNode>,
    /// The members that it knows; absent where it does not answer.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub members: Option<Vec<KnownMember>>,
    /// Its side of a partition, as it judges; absent where it does not answer.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub quorum: Option<Quorum>,
    /// What it said last of its side of a partition; absent where it answers, and where nothing was
    /// ever heard of it.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub last_said: Option<LastSaid>,
}

/// A node, as another one sees it.
#[derive(Clone, Debug, Serialize, Deserialize, JsonSchema)]
pub struct SeenNode {
    /// The node that sees it.
    pub by: NodeName,
    /// Whether it answers that node.
    pub status: NodeStatus,
    /// Since when (RFC 3339).
    pub since: String,
    /// Why, for people.
    pub reason: String,
}

/// What a node said of its side of a partition.
#[derive(Clone, Debug, Serialize, Deserialize, JsonSchema)]
pub struct LastSaid {
    /// Its verdict.
    pub verdict: Verdict,
    /// Since when, by its own clock (RFC 3339).
    pub since: String,
    /// The voters that it went by.
    pub voters: VoterList,
    /// The members that it did not reach, though others did.
    pub unreachable: Vec<NodeName>,
}

/// Shows one node in detail.
///
/// It is asked itself. Where it does not answer (it is down, cut off or was never met), the node that
/// was asked says what it knows of it, and why.
#[operation(get, "/api/v1/cluster/nodes/{node}", tag = "node")]
pub async fn inspect_node(
    context: NodeContext,
    /// The name of the node.
    node: String,
) -> Result<NodeDetail, OperationError> {
    let runtime = context.runtime()?;
    let name: Option<NodeName> = node.parse().ok();
    let look = || name.as_ref().and_then(|name| runtime.known_node(name));
    let said = match look() {
        Some((known, _)) if !known.status.is_callable() => {
            Err(OperationError::new(Code::NodeUnavailable, known.reason))
        }
        Some(_) | None => context.invoke("node.describe", &json!({ "node": node })).await,
    };
    // Waiting for the answer may have shown that there is none.
    match (said, look()) {
        (Ok(said), known) => Ok(answered(said, known.map(|(known, _)| seen(runtime, &known)))),
        (Err(unanswered), Some((known, facts))) => {
            Ok(unanswered_for(runtime, known, facts, &unanswered))
        }
        // Nobody heard of it: the error names those that are known.
        (Err(unknown), None) => Err(unknown),
    }
}

fn answered(said: SelfDescription, seen: Option<SeenNode>) -> NodeDetail {
    NodeDetail {
        known_by: said.node.name.clone(),
        node: said.node,
        unanswered: None,
        seen,
        members: Some(said.members),
        quorum: Some(said.quorum),
        last_said: None,
    }
}

fn unanswered_for(
    runtime: &NodeRuntime,
    known: NodeInfo,
    facts: Option<NodeFacts>,
    why: &OperationError,
) -> NodeDetail {
    NodeDetail {
        known_by: runtime.me().id.name.clone(),
        unanswered: Some(why.detail().to_owned()),
        seen: Some(seen(runtime, &known)),
        members: None,
        quorum: None,
        last_said: facts.map(last_said),
        node: known,
    }
}

fn seen(runtime: &NodeRuntime, known: &NodeInfo) -> SeenNode {
    SeenNode {
        by: runtime.me().id.name.clone(),
        status: known.status,
        since: known.since.clone(),
        reason: known.reason.clone(),
    }
}

fn last_said(facts: NodeFacts) -> LastSaid {
    let Judgement { verdict, since, .. } = facts.judgement;
    let Electorate { version, voters, .. } = facts.electorate;
    let unreachable = facts.unreachable.into_iter().collect();
    LastSaid { verdict, since, voters: VoterList { version, voters }, unreachable }
}
