//! The answer of an operation that ran on many nodes.

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use crate::{error::Failure, name::NodeName};

/// What many nodes answered, and which of them did not.
#[derive(Clone, Debug, Serialize, Deserialize, JsonSchema)]
#[schemars(rename = "FanOutOf{T}")]
pub struct FanOut<T> {
    /// The answers, gathered; without a gathering function one per node, by name.
    pub data: T,
    /// How many nodes were asked and how many answered.
    pub nodes: NodeCount,
    /// The nodes that gave no answer.
    pub failures: Vec<Failure>,
    /// How many failed nodes are not listed.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub failures_omitted: Option<usize>,
}

/// How many nodes took part in an answer.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
pub struct NodeCount {
    /// Members that the operation addressed. Of a page only those that were asked for it or for an
    /// earlier one, or cannot be: a short page may be full before all were.
    pub asked: usize,
    /// Members that answered.
    pub answered: usize,
}

/// One node's answer, as a gathering function gets it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct NodeAnswer<T> {
    /// The node.
    pub node: NodeName,
    /// What it answered.
    pub answer: T,
}
