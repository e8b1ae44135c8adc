//! `GET /api/v1/operations/{name}`

use arsenal_core::prelude::*;

use super::OperationDetail;

/// Shows an operation with the schemas of its parameters and its answer.
#[operation(get, "/api/v1/operations/{name}", tag = "operation")]
pub async fn inspect_operation(
    context: NodeContext,
    /// The permanent name, as `process.list`.
    name: String,
) -> Result<OperationDetail, OperationError> {
    let spec = context.registry().get(&name);
    spec.map(OperationDetail::from).ok_or_else(|| {
        let error = OperationError::not_found(format!("no operation `{name}`"));
        match context.registry().nearest(&name) {
            near if near.is_empty() => error,
            near => error.suggest(format!("did you mean {}?", near.join(" or "))),
        }
    })
}
