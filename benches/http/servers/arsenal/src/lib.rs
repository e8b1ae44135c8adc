//! The two endpoints as operations, served as a user serves them in a program of their own: the
//! router of `arsenal_core` under the principal that a credential check outside has found.

use std::sync::Arc;

use arsenal_core::{
    context::{NodeParts, Services},
    membership::{Alone, Mode},
    prelude::*,
    principal::{Principal, Role},
    registry::Registry,
};
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

/// An item.
#[derive(Serialize, JsonSchema)]
struct Item {
    id: u64,
    name: String,
    verbose: bool,
    limit: u32,
    tags: Vec<String>,
    note: Option<String>,
}

/// A new item.
#[derive(Serialize, Deserialize, JsonSchema)]
struct NewItem {
    name: String,
    sku: String,
    quantity: u32,
    price_cents: u64,
    active: bool,
    category: String,
    tags: Vec<String>,
    notes: Option<String>,
}

/// Reads an item.
#[operation(get, "/bench/items/{id}", tag = "item")]
async fn get_item(
    /// Which item.
    id: u64,
    /// Also the long texts.
    verbose: bool,
    /// At most this many.
    #[param(range(min = 1, max = 1000))]
    limit: u32,
) -> Result<Item, OperationError> {
    let (name, tags) = (contract::item_name(id), contract::item_tags());
    Ok(Item { id, name, verbose, limit, tags, note: None })
}

/// Creates an item.
#[operation(post, "/bench/items", tag = "item")]
#[expect(clippy::too_many_arguments, reason = "the fields of the body")]
async fn create_item(
    #[param(length(min = 1, max = 64))] name: String,
    #[param(length(min = 3, max = 32))] sku: String,
    #[param(range(min = 1, max = 10_000))] quantity: u32,
    #[param(range(min = 0, max = 10_000_000))] price_cents: u64,
    active: bool,
    category: String,
    tags: Vec<String>,
    notes: Option<String>,
) -> Result<NewItem, OperationError> {
    Ok(NewItem { name, sku, quantity, price_cents, active, category, tags, notes })
}

/// The node's router; `caller` is whom a check of credentials has found.
pub fn app() -> Result<axum::Router, Box<dyn std::error::Error>> {
    let name: NodeName = "bench".parse()?;
    let cluster = Arc::new(Alone::new(name.clone()));
    let registry = Arc::new(Registry::from_linked()?);
    let node = NodeParts::new(name, cluster, registry, Services::default(), Mode::Cluster);
    let caller = Principal::new("bench", Role::Operate);
    Ok(arsenal_core::http::router(Arc::new(node)).layer(axum::Extension(caller)))
}
