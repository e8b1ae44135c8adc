//! Structs whose fields are parameters of their own.

use arsenal_core::prelude::*;
use serde_json::json;

use super::{fine, get, post, violations};

mod shared {
    use arsenal_core::prelude::*;

    /// Where a list goes on.
    #[derive(Debug, serde::Serialize, Parameters)]
    pub(super) struct Window {
        /// How many rows.
        #[param(range(min = 1, max = 10), default = 5)]
        pub(super) limit: u32,
        /// The first row.
        #[param(name = "from")]
        #[serde(rename = "from")]
        pub(super) start: Option<u64>,
    }

    /// Private, and the type of a field all the same.
    #[derive(Debug, serde::Serialize, serde::Deserialize, schemars::JsonSchema)]
    #[serde(rename_all = "snake_case")]
    enum Sort {
        Actor,
    }

    #[derive(Debug, serde::Serialize, Parameters)]
    pub(super) struct Filter {
        #[expect(private_interfaces, reason = "must compile")]
        pub(super) kind: Option<Sort>,
        #[param(items(length(max = 2)))]
        pub(super) tags: Vec<String>,
        #[param(flatten)]
        #[serde(flatten)]
        pub(super) window: Window,
    }

    #[derive(Debug, serde::Serialize, Parameters)]
    pub(super) struct Nothing {}
}
use shared::{Filter, Nothing, Window};

/// Lists.
#[operation(get, "/api/v1/flat/{id}", tag = "flat")]
async fn list_flat(
    id: u8,
    #[param(flatten)] filter: Filter,
    flag: bool,
    #[param(flatten)] _nothing: Nothing,
) -> Result<(u8, Filter, bool), OperationError> {
    Ok((id, filter, flag))
}

/// Adds.
#[operation(post, "/api/v1/flat", tag = "flat")]
async fn add_flat(
    #[param(flatten)] filter: Filter,
    name: String,
) -> Result<(Filter, String), OperationError> {
    Ok((filter, name))
}

/// Changes.
#[operation(post, "/api/v1/flat/windows", tag = "flat")]
async fn change_flat(
    #[param(flatten, query)] window: Window,
    name: String,
) -> Result<(Window, String), OperationError> {
    Ok((window, name))
}

#[tokio::test]
async fn fields_are_parameters_of_the_query() {
    let answer = fine(get("/api/v1/flat/1?flag=true&from=7&tags=a,b&kind=actor").await);
    let filter = json!({ "kind": "actor", "tags": ["a", "b"], "limit": 5, "from": 7 });
    assert_eq!(answer, json!([1, filter, true]));
}

#[tokio::test]
async fn all_their_mistakes_are_named_and_unknown_names_are_refused() {
    let wrong = violations(get("/api/v1/flat/1?tags=a,bcd&limit=0&form=1&from=x").await);
    assert_eq!(
        wrong,
        [
            "query tags : item 2: must have a length of at most 2",
            "query limit : must be 1 to 10",
            "query from : is not a whole number from 0 to 18446744073709551615",
            "query flag : is missing",
            "query form : is not a parameter of this operation; did you mean `from`?",
        ]
    );
}

#[tokio::test]
async fn fields_are_fields_of_the_body() {
    let answer = fine(post("/api/v1/flat", r#"{"name":"n","from":1,"tags":[],"limit":2}"#).await);
    assert_eq!(answer, json!([{ "kind": null, "tags": [], "limit": 2, "from": 1 }, "n"]));
    let wrong =
        violations(post("/api/v1/flat", r#"{"tags":["a","bcd"],"limit":11,"nam":1}"#).await);
    assert_eq!(
        wrong,
        [
            "body tags /tags/1: must have a length of at most 2",
            "body limit /limit: must be 1 to 10",
            "body name /name: is missing",
            "body nam /nam: is not a field of this operation; did you mean `name`?",
        ]
    );
}

#[tokio::test]
async fn they_can_stand_in_the_query_beside_a_body() {
    let answer = fine(post("/api/v1/flat/windows?from=3", r#"{"name":"n"}"#).await);
    assert_eq!(answer, json!([{ "limit": 5, "from": 3 }, "n"]));
    let wrong = violations(post("/api/v1/flat/windows?limit=0", r#"{"name":"n","from":3}"#).await);
    assert_eq!(wrong.len(), 2, "{wrong:?}");
}
