//! `GET /api/v1/blueprints/{name}`

use arsenal_cluster::node::RuntimeExt as _;
use arsenal_core::prelude::*;

use super::BlueprintDetail;

/// Shows a blueprint with the schema of its arguments.
#[operation(get, "/api/v1/blueprints/{name}", tag = "blueprint")]
pub async fn inspect_blueprint(
    context: NodeContext,
    /// The name of the blueprint.
    name: String,
) -> Result<BlueprintDetail, OperationError> {
    let spec = context.runtime()?.blueprints().get(&name);
    spec.map(BlueprintDetail::from)
        .ok_or_else(|| OperationError::not_found(format!("no blueprint `{name}`")))
}
