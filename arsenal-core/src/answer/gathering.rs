//! How the answers of many nodes become one.

use std::fmt;

use schemars::{Schema, SchemaGenerator};
use serde_json::value::RawValue;

use super::NodeAnswer;
use crate::error::OperationError;

/// What becomes of the answers of an operation on all nodes.
#[derive(Clone, Copy, Debug)]
pub enum Gather {
    /// `data` is an object with one answer per node, passed through as it came.
    PerNode,
    /// `data` is one page over all nodes: core splits the limit and merges the cursors.
    Pages,
    /// `data` is what the user's function makes of the answers.
    With(GatherFn),
}

/// A user's gathering function, with its types hidden.
#[derive(Clone, Copy)]
pub struct GatherFn {
    /// The schema of its result.
    pub output: fn(&mut SchemaGenerator) -> Schema,
    /// Decodes the answers, runs the function, encodes the result.
    pub run: fn(Vec<RawAnswer>) -> Result<Box<RawValue>, OperationError>,
}

/// One node's answer, as it came.
pub type RawAnswer = NodeAnswer<Box<RawValue>>;

impl fmt::Debug for GatherFn {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.write_str("GatherFn")
    }
}
