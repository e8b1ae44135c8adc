//! What a file with operations needs.

pub use arsenal_macros::{Parameters, operation};

pub use crate::{
    answer::{Cursor, FanOut, NodeAnswer, Page},
    context::NodeContext,
    error::OperationError,
    name::NodeName,
};
