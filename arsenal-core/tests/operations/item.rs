use arsenal_core::prelude::*;
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use super::Stock;

#[derive(Debug, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "snake_case")]
pub enum Kind {
    Actor,
    Supervisor,
}

#[derive(Debug, Serialize, JsonSchema)]
pub struct Count {
    total: u32,
}

const LIMIT_MAX: u16 = 1000;

/// Lists.
#[operation(get, "/api/v1/items", target = all_nodes(at))]
pub async fn list_items(
    _node: NodeContext,
    /// Only of this kind.
    #[param(name = "type")]
    kind: Option<Kind>,
    #[param(range(min = 1, max = LIMIT_MAX), default = 100, example = 10)] limit: u32,
    cursor: Option<Cursor>,
    at: Option<NodeName>,
) -> Result<Page<String>, OperationError> {
    let _ = (kind, limit, cursor, at);
    Ok(Page::last(vec!["one".to_owned()]))
}

/// Reads.
#[operation(get, "/api/v1/items/{node}", target = node(node))]
pub async fn read_item(node: NodeName) -> Result<NodeName, OperationError> {
    Ok(node)
}

/// Clears.
#[operation(delete, "/api/v1/items", target = all_nodes)]
pub async fn clear_items() -> Result<(), OperationError> {
    Ok(())
}

/// Counts.
#[operation(get, "/api/v1/items-count", target = all_nodes, gather = sum)]
pub async fn count_items() -> Result<u32, OperationError> {
    Ok(1)
}

fn sum(answers: Vec<NodeAnswer<u32>>) -> Count {
    Count { total: answers.iter().map(|answer| answer.answer).sum() }
}

/// Adds.
#[operation(post, "/api/v1/shops/{shop}/items")]
#[expect(clippy::too_many_arguments, reason = "one of each kind")]
pub async fn add_item(
    shop: String,
    #[param(header)] x_trace: Option<String>,
    #[param(query)] dry: bool,
    #[state] stock: Stock,
    r#for: Kind,
    #[param(length(max = 3))] tags: Vec<String>,
    #[param(default = "abc", length(max = 5), pattern = "^[a-z]+$")] word: String,
    #[param(range(min = 0.5, max = 5.0), default = 5.0)] factor: f64,
) -> Result<String, OperationError> {
    let trace = x_trace.unwrap_or_else(|| "-".to_owned());
    Ok(
        format!("{shop} {trace} {dry} {for:?} {tags:?} {word} {factor} stock {}", stock.0, for = r#for),
    )
}
