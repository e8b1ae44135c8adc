//! An operation with a parameter of every kind.

use arsenal_core::prelude::*;
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

/// A choice.
#[derive(Debug, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "snake_case")]
pub(crate) enum Colour {
    /// As the sky.
    Blue,
    /// As the grass.
    Green,
}

/// What was understood.
#[derive(Debug, Serialize, Deserialize, JsonSchema)]
pub(crate) struct Echo {
    id: u64,
    colour: Option<Colour>,
    trace: Option<String>,
    words: Vec<String>,
    limit: u32,
    factor: f64,
}

/// Answers with what it was given.
#[operation(post, "/api/v1/test/echo/{id}", name = "test.echo", partition = any)]
#[expect(clippy::too_many_arguments, reason = "one of each kind")]
pub(crate) async fn echo(
    /// A number in the path.
    id: u64,
    /// A choice in the query.
    #[param(query)]
    colour: Option<Colour>,
    /// A text in a header.
    #[param(header, name = "X-Trace")]
    trace: Option<String>,
    /// A list in the body.
    #[param(length(max = 3))]
    words: Vec<String>,
    /// A number with bounds.
    #[param(range(min = 1, max = 10), default = 5)]
    limit: u32,
    /// A number with a default.
    #[param(default = 1.5)]
    factor: f64,
) -> Result<Echo, OperationError> {
    Ok(Echo { id, colour, trace, words, limit, factor })
}

/// Answers with the numbers that it was given.
#[operation(get, "/api/v1/test/numbers", name = "test.numbers", deprecated)]
pub(crate) async fn numbers(
    /// Any number of numbers.
    #[param(default = vec![7])]
    number: Vec<u64>,
) -> Result<Vec<u64>, OperationError> {
    Ok(number)
}
