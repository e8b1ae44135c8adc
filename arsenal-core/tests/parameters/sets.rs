//! Sets: their items have no places that a client would know.

use std::collections::BTreeSet;

use arsenal_core::prelude::*;
use axum::body::Body;
use serde_json::json;

use super::{fine, request, send, violations};

/// Keeps words.
#[operation(post, "/api/v1/sets", tag = "set")]
async fn put_set(
    #[param(items(length(max = 2)))] words: BTreeSet<String>,
    #[param(header, name = "x-numbers", items(range(max = 5)))] numbers: Option<BTreeSet<u8>>,
) -> Result<(usize, usize), OperationError> {
    Ok((words.len(), numbers.map_or(0, |numbers| numbers.len())))
}

async fn put(words: &str, numbers: &str) -> (u16, serde_json::Value) {
    let request = request("POST", "/api/v1/sets").header("content-type", "application/json");
    let body = Body::from(format!("{{\"words\": {words}}}"));
    send(request.header("x-numbers", numbers).body(body).unwrap()).await
}

#[tokio::test]
async fn a_broken_rule_is_said_once_of_the_set_itself() {
    assert_eq!(fine(put(r#"["b", "a", "b"]"#, "1,2").await), json!([2, 2]));
    assert_eq!(
        violations(put(r#"["zzz", "a", "bbb"]"#, "9,1").await),
        [
            "body words /words: an item must have a length of at most 2",
            "header x-numbers : an item must be at most 5",
        ]
    );
}
