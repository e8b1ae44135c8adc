//! What goes in and out of sandbox operations, and between the nodes that run one.

use std::{borrow::Cow, fmt};

use arsenal_core::{Parameters, name::NodeName, openapi::CHECKS_ITSELF};
use schemars::{JsonSchema, Schema, SchemaGenerator, json_schema};
use serde::{
    Deserialize, Deserializer, Serialize,
    de::{Error, Unexpected, Visitor},
};
use serde_json::{Map, Value};

use super::{COUNT_MAX, SandboxId};

/// What to create.
#[derive(Clone, Debug)]
pub struct SandboxRequest {
    /// A name for people.
    pub name: String,
    /// What to start.
    pub children: Vec<ChildRequest>,
    /// Where; all nodes that are up where absent.
    pub nodes: Option<Vec<NodeName>>,
    /// How to choose among the nodes.
    pub placement_strategy: PlacementStrategy,
}

/// Some processes of one blueprint.
#[derive(Clone, Debug, Serialize, Parameters)]
pub struct ChildRequest {
    /// The name of the blueprint.
    pub blueprint: String,
    /// How many processes to start.
    #[param(default = Count::default())]
    pub count: Count,
    /// The arguments of the blueprint, the same for all.
    #[param(default = Map::new())]
    pub arguments: Map<String, Value>,
}

/// A number of processes: 1 to 10 000.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize)]
#[serde(transparent)]
pub struct Count(u32);

impl Count {
    /// The number, if it is one that can be asked for.
    pub fn new(count: u32) -> Option<Self> {
        (1..=COUNT_MAX).contains(&count).then_some(Self(count))
    }

    /// The number.
    pub fn get(self) -> u32 {
        self.0
    }
}

impl Default for Count {
    fn default() -> Self {
        Self(1)
    }
}

/// Through a visitor, so that an error says where in the body the number stands.
impl<'de> Deserialize<'de> for Count {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        deserializer.deserialize_u32(CountVisitor)
    }
}

struct CountVisitor;

impl Visitor<'_> for CountVisitor {
    type Value = Count;

    fn expecting(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(formatter, "a whole number from 1 to {COUNT_MAX}")
    }

    fn visit_u64<E: Error>(self, count: u64) -> Result<Count, E> {
        u32::try_from(count)
            .ok()
            .and_then(Count::new)
            .ok_or_else(|| E::invalid_value(Unexpected::Unsigned(count), &self))
    }
}

impl JsonSchema for Count {
    fn inline_schema() -> bool {
        true
    }
    fn schema_name() -> Cow<'static, str> {
        "Count".into()
    }
    fn json_schema(_: &mut SchemaGenerator) -> Schema {
        json_schema!({
            "type": "integer",
            "minimum": 1,
            "maximum": COUNT_MAX,
            "default": 1,
            CHECKS_ITSELF: true,
        })
    }
}

/// How the processes of a sandbox are placed.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "snake_case")]
pub enum PlacementStrategy {
    /// As evenly over the nodes as it goes.
    #[default]
    Spread,
}

/// A sandbox, as its owner knows it.
#[derive(Clone, Debug, Serialize, Deserialize, JsonSchema)]
pub struct Sandbox {
    /// Its identity.
    pub id: SandboxId,
    /// Its name, for people.
    pub name: String,
    /// The node that has this record.
    pub owner: NodeName,
    /// When it was created (RFC 3339).
    pub created_at: String,
    /// How its processes were placed.
    pub placement_strategy: PlacementStrategy,
    /// What was asked for.
    pub children: Vec<ChildRequest>,
    /// What runs where.
    pub shares: Vec<Share>,
}

/// What one node runs of a sandbox.
#[derive(Clone, Debug, Serialize, Deserialize, JsonSchema)]
pub struct Share {
    /// The node.
    pub node: NodeName,
    /// Which start of the node it was started on.
    pub generation: u64,
    /// How many processes were started there.
    pub processes: u32,
    /// What became of it.
    pub state: ShareState,
}

/// What became of a share, as the owner sees it.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "snake_case")]
pub enum ShareState {
    /// It was started, and the same start of its node has a path now. Whether its processes still run
    /// is not asked.
    Started,
    /// Its node does not answer: it may still run.
    Unreachable,
    /// Its node has ended since: it does not run any more.
    Lost,
}

/// What became of a sandbox that was deleted.
#[derive(Clone, Debug, Serialize, Deserialize, JsonSchema)]
pub struct SandboxDeleted {
    /// Its identity.
    pub id: SandboxId,
    /// How many processes were ended.
    pub stopped: usize,
    /// Nodes that did not answer; their processes are ended as soon as they do.
    pub pending: Vec<NodeName>,
}

/// What the owner asks of one node.
#[derive(Clone, Debug, Serialize, Deserialize)]
pub struct ShareRequest {
    /// The node that is asked.
    pub node: NodeName,
    /// The sandbox.
    pub sandbox: SandboxId,
    /// Which start of the owner asks. A share whose owner has restarted since is removed.
    pub owner_generation: u64,
    /// What to start.
    pub children: Vec<ShareChild>,
}

/// Some processes of one blueprint on one node.
#[derive(Clone, Debug, PartialEq, Serialize, Parameters)]
pub struct ShareChild {
    /// The name of the blueprint.
    pub blueprint: String,
    /// Its arguments.
    #[param(default = Map::new())]
    pub arguments: Map<String, Value>,
    /// The number in the name of the first one.
    pub first: u32,
    /// How many.
    pub count: Count,
}

/// A share that runs.
#[derive(Clone, Debug, Serialize, Deserialize, JsonSchema)]
pub struct ShareStarted {
    /// The node.
    pub node: NodeName,
    /// Which start of the node.
    pub generation: u64,
    /// How many processes it runs.
    pub processes: u32,
}

/// A share that runs no more.
#[derive(Clone, Debug, Serialize, Deserialize, JsonSchema)]
pub struct ShareStopped {
    /// The node.
    pub node: NodeName,
    /// How many processes were ended.
    pub stopped: usize,
}
