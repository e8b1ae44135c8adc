//! `GET /api/v1/blueprints`

use arsenal_cluster::node::RuntimeExt as _;
use arsenal_core::prelude::*;

use super::BlueprintInfo;

/// Lists the blueprints: what sandboxes can start.
#[operation(get, "/api/v1/blueprints", tag = "blueprint")]
pub async fn list_blueprints(
    context: NodeContext,
    /// At most this many rows.
    #[param(range(min = 1, max = 1000), default = 100)]
    limit: u32,
    /// Where the last page ended.
    cursor: Option<Cursor>,
) -> Result<Page<BlueprintInfo>, OperationError> {
    let blueprints = context.runtime()?.blueprints().iter();
    let rows = blueprints
        .filter(|spec| cursor.as_ref().is_none_or(|cursor| spec.name > cursor.as_str()))
        .map(BlueprintInfo::from);
    let limit = usize::try_from(limit).unwrap_or(usize::MAX);
    Ok(Page::take(rows, limit, |row| Cursor::new(row.name.clone())))
}
