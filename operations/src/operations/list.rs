//! `GET /api/v1/operations`

use arsenal_core::prelude::*;

use super::OperationInfo;

/// Lists the operations that this node serves.
#[operation(get, "/api/v1/operations", tag = "operation")]
pub async fn list_operations(
    context: NodeContext,
    /// Only operations with this tag.
    tag: Option<String>,
    /// At most this many rows.
    #[param(range(min = 1, max = 1000), default = 100)]
    limit: u32,
    /// Where the last page ended.
    cursor: Option<Cursor>,
) -> Result<Page<OperationInfo>, OperationError> {
    let specs = context.registry().operations().iter();
    let rows = specs
        .filter(|spec| tag.as_deref().is_none_or(|tag| spec.tag == tag))
        .filter(|spec| cursor.as_ref().is_none_or(|cursor| spec.name > cursor.as_str()))
        .map(|spec| OperationInfo::from(*spec));
    let limit = usize::try_from(limit).unwrap_or(usize::MAX);
    Ok(Page::take(rows, limit, |row| Cursor::new(row.name.clone())))
}
