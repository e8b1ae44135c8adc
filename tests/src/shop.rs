//! Operations with errors of their own, on a node that the caller chooses.

use arsenal_core::prelude::*;

/// Why nothing was bought.
#[derive(Debug, thiserror::Error, OperationError)]
pub(crate) enum ShopError {
    /// Nothing is left of the item.
    #[error("{item} is sold out on node {node}")]
    #[problem(status = 409, suggestion = "try another node")]
    SoldOut {
        /// What was asked for.
        item: String,
        /// Where.
        node: NodeName,
    },
    /// The store cannot be read.
    #[error("the store of node {node} is not available")]
    #[problem(status = 503, code = "no_store")]
    Store {
        /// Where.
        node: NodeName,
        /// Why.
        #[source]
        cause: StoreError,
    },
}

/// What nobody outside must read.
#[derive(Debug, thiserror::Error)]
#[error("a secret of the program")]
pub(crate) struct StoreError;

/// Buys on one node.
#[operation(post, "/api/v1/test/shops/{node}/buy", target = node(node), partition = any)]
pub(crate) async fn buy(
    context: NodeContext,
    #[expect(unused_variables, reason = "the target has chosen it")]
    /// Where to buy.
    node: NodeName,
    /// What to buy.
    item: String,
) -> Result<String, ShopError> {
    let node = context.node().clone();
    match item.as_str() {
        "air" => Ok(item),
        "store" => Err(ShopError::Store { node, cause: StoreError }),
        _ => Err(ShopError::SoldOut { item, node }),
    }
}

/// Buys on every node.
#[operation(post, "/api/v1/test/shops", target = all_nodes, partition = any)]
pub(crate) async fn buy_everywhere(context: NodeContext) -> Result<String, ShopError> {
    Err(ShopError::SoldOut { item: String::from("tea"), node: context.node().clone() })
}
