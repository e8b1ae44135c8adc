//! What a file with operations needs.

pub use arsenal_macros::{Parameters, operation};

pub use crate::{
    answer::{Cursor, Event, FanOut, NodeAnswer, Page},
    context::NodeContext,
    error::OperationError,
    name::NodeName,
};
