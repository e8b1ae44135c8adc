//! `GET /api/v1/operations`

use arsenal_core::{
    error::ViolationPlace,
    prelude::*,
    spec::{OperationSpec, Version},
};

use super::OperationInfo;

/// Lists the operations that this node serves.
///
/// By name; with `search` the best first: what an operation is called counts more than what is
/// written about it.
#[operation(get, "/api/v1/operations", tag = "operation")]
#[expect(clippy::too_many_arguments, reason = "filters, and a page")]
pub async fn list_operations(
    context: NodeContext,
    /// Only operations in which each of these words occurs: in name, path, summary, description or
    /// parameters.
    #[param(length(max = 200))]
    search: Option<String>,
    /// Only operations with this tag.
    tag: Option<String>,
    /// Only operations of this version of the API, as `1.4`; without it those of all versions.
    version: Option<Version>,
    /// At most this many rows.
    #[param(range(min = 1, max = 1000), default = 100)]
    limit: u32,
    /// Where the last page ended.
    cursor: Option<Cursor>,
) -> Result<Page<OperationInfo>, OperationError> {
    let of_version = version.map(|version| context.registry().in_version(version)).transpose();
    let of_version =
        of_version.map_err(|too_new| too_new.violation(ViolationPlace::Query, "version"))?;
    let registry = of_version.as_ref().unwrap_or_else(|| context.registry());
    let mut specs = match &search {
        Some(text) => registry.search(text),
        None => registry.operations().to_vec(),
    };
    specs.retain(|spec| tag.as_deref().is_none_or(|tag| spec.tag == tag));
    let start = cursor.map_or(0, |cursor| behind(&specs, cursor.as_str(), search.is_some()));
    let rows = specs.into_iter().skip(start).map(OperationInfo::from);
    let limit = usize::try_from(limit).unwrap_or(usize::MAX);
    Ok(Page::take(rows, limit, |row| Cursor::new(row.name.clone())))
}

/// Where the rows behind the last one of the page before begin. A list by name goes on even where
/// that row is no more; the best first, it has no place then and the list ends.
fn behind(specs: &[&'static OperationSpec], last: &str, is_ranked: bool) -> usize {
    if !is_ranked {
        return specs.partition_point(|spec| spec.name <= last);
    }
    let place = specs.iter().position(|spec| spec.name == last);
    place.map_or(specs.len(), |place| place + 1)
}

#[cfg(test)]
mod tests {
    use arsenal_core::testing;
    use serde_json::{Value, json};

    use super::*;

    async fn list(input: Value) -> Page<OperationInfo> {
        testing::call("operation.list", input).await.unwrap()
    }

    fn names(page: &Page<OperationInfo>) -> Vec<&str> {
        page.items.iter().map(|row| row.name.as_str()).collect()
    }

    #[tokio::test]
    async fn pages_go_on_where_they_ended_by_name_and_by_rank() {
        for search in [None, Some("node")] {
            let all = list(json!({ "search": search, "limit": 1000 })).await;
            let (mut seen, mut cursor) = (Vec::new(), None);
            loop {
                let page = list(json!({ "search": search, "limit": 3, "cursor": cursor })).await;
                seen.extend(names(&page).into_iter().map(str::to_owned));
                cursor = page.next_cursor;
                if cursor.is_none() {
                    break;
                }
            }
            assert_eq!(seen, names(&all), "{search:?}");
            assert!(seen.len() > 3, "{seen:?}");
        }
    }

    #[tokio::test]
    async fn filters_narrow_each_other() {
        let found = list(json!({ "search": "first of them by", "tag": "process" })).await;
        assert_eq!(names(&found), ["process.list"]);
        assert_eq!(names(&list(json!({ "search": "no such words" })).await), [""; 0]);
    }

    #[tokio::test]
    async fn a_version_is_a_version() {
        assert!(!list(json!({ "version": "1.4" })).await.items.is_empty());
        let refused = testing::call::<Value>("operation.list", json!({ "version": "new" })).await;
        let error = refused.unwrap_err();
        let violation = &error.violations()[0];
        assert_eq!((error.status(), &*violation.name), (422, "version"));
        assert_eq!(violation.message, "is not a version, as `1.4`");
    }
}
