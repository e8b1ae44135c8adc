//! Numbers at the ends of their types, everywhere and back.

use arsenal_core::{arguments::Arguments, prelude::*, registry::Registry};
use axum::body::Body;

use super::{app, request};
use http_body_util::BodyExt as _;
use tower::ServiceExt as _;

/// Numbers at the ends of their types.
#[derive(Debug, PartialEq, serde::Serialize, Parameters)]
struct Ends {
    #[param(range(min = 1))]
    biggest: u64,
    least: i64,
    most: i64,
    widest: u128,
    lowest: i128,
}

/// All of them, from everywhere.
#[derive(Debug, serde::Serialize, schemars::JsonSchema)]
struct Everywhere {
    path: u64,
    query: i64,
    header: u128,
    field: u128,
    nested: Vec<Ends>,
}

/// Answers what it was given.
#[operation(post, "/api/v1/extremes/{path}", tag = "extreme")]
async fn show_extremes(
    #[param(range(max = u64::MAX))] path: u64,
    #[param(query)] query: i64,
    #[param(header)] header: u128,
    field: u128,
    nested: Vec<Ends>,
) -> Result<Everywhere, OperationError> {
    Ok(Everywhere { path, query, header, field, nested })
}

fn nested() -> String {
    let (least, most) = (i64::MIN, i64::MAX);
    format!(
        r#"[{{"biggest":{},"least":{least},"most":{most},"widest":{},"lowest":{}}}]"#,
        u64::MAX,
        u128::MAX,
        i128::MIN,
    )
}

fn expected() -> String {
    format!(
        r#"{{"path":{},"query":{},"header":{},"field":{},"nested":{}}}"#,
        u64::MAX,
        i64::MIN,
        u128::MAX,
        u128::MAX,
        nested(),
    )
}

#[tokio::test]
async fn they_survive_to_the_last_digit() {
    let uri = format!("/api/v1/extremes/{}?query={}", u64::MAX, i64::MIN);
    let body = format!(r#"{{"nested":{},"field":{}}}"#, nested(), u128::MAX);
    let request = request("POST", &uri)
        .header("content-type", "application/json")
        .header("header", u128::MAX.to_string())
        .body(Body::from(body))
        .unwrap();
    let answer = app().oneshot(request).await.unwrap().into_body().collect().await.unwrap();
    assert_eq!(str::from_utf8(&answer.to_bytes()).unwrap(), expected());
}

#[tokio::test]
async fn one_object_carries_them_as_well() {
    let registry = Registry::from_linked().unwrap();
    let spec = registry.get("extreme.show").unwrap();
    let object = expected();
    let arguments = Arguments::Json(object.as_bytes());
    let answer = (spec.call)(NodeContext::alone(), arguments).await.unwrap();
    assert_eq!(str::from_utf8(&answer.into_json().unwrap()).unwrap(), object);
}
