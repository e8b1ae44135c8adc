//! `GET /api/v1/operations`

use arsenal_core::{
    error::{Violation, ViolationPlace},
    prelude::*,
    registry::Registry,
    spec::OperationSpec,
    versions::InvalidVersion,
};

use super::OperationInfo;

/// Lists the operations that this node serves.
///
/// By name; with `search` the best first: what an operation is called counts more than what is
/// written about it.
#[operation(get, "/api/v1/operations", tag = "operation")]
pub async fn list_operations(
    context: NodeContext,
    /// Only operations in which each of these words occurs: in name, path, summary, description or
    /// parameters.
    #[param(length(max = 200))]
    search: Option<String>,
    /// Only operations with this tag.
    tag: Option<String>,
    /// Only operations of this version of the API, as `1.4`; without it those of all versions.
    version: Option<String>,
    /// At most this many rows.
    #[param(range(min = 1, max = 1000), default = 100)]
    limit: u32,
    /// Where the last page ended.
    cursor: Option<Cursor>,
) -> Result<Page<OperationInfo>, OperationError> {
    let of_version = version.map(|text| of_version(context.registry(), &text)).transpose()?;
    let registry = of_version.as_ref().unwrap_or(context.registry());
    let mut specs = registry.search(search.as_deref().unwrap_or_default());
    specs.retain(|spec| tag.as_deref().is_none_or(|tag| spec.tag == tag));
    let rows = after(&specs, cursor.as_ref()).iter().map(|spec| OperationInfo::from(*spec));
    let limit = usize::try_from(limit).unwrap_or(usize::MAX);
    Ok(Page::take(rows, limit, |row| Cursor::new(row.name.clone())))
}

fn of_version(registry: &Registry, text: &str) -> Result<Registry, OperationError> {
    let violation = |message: String| {
        let (place, name) = (ViolationPlace::Query, String::from("version"));
        let violation = Violation { place, name, pointer: String::new(), message };
        OperationError::invalid_input([violation])
    };
    let version = text.parse().map_err(|error: InvalidVersion| violation(error.to_string()))?;
    registry
        .in_version(version)
        .map_err(|too_new| too_new.violation(ViolationPlace::Query, "version").into())
}

/// What stands behind the last row of the page before; nothing where that row is not listed.
fn after<'a>(
    specs: &'a [&'static OperationSpec],
    cursor: Option<&Cursor>,
) -> &'a [&'static OperationSpec] {
    let Some(cursor) = cursor else { return specs };
    let mut rest = specs.iter();
    rest.by_ref().find(|spec| spec.name == cursor.as_str());
    rest.as_slice()
}
