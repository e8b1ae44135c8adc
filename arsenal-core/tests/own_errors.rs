//! Errors of a user's own type, as clients and the documentation show them.

#![expect(clippy::unwrap_used, reason = "a test may panic")]
#![deny(warnings)]

use std::{error::Error, fmt, sync::Arc};

use arsenal_core::{
    context::{NodeParts, Services},
    error::ErrorCases as _,
    http::{documents_router, router},
    membership::{Alone, Mode},
    prelude::*,
    principal::{Principal, Role},
    registry::Registry,
};
use axum::body::Body;
use http::{Request, StatusCode};
use http_body_util::BodyExt as _;
use serde_json::{Value, json};
use tower::ServiceExt as _;

#[derive(Debug, thiserror::Error, OperationError)]
enum ShopError {
    /// Nothing is left of the item.
    ///
    /// More comes on Monday.
    #[error("{item} is sold out")]
    #[problem(status = 409, suggestion = "come back on Monday")]
    SoldOut { item: String },
    /// The shop is closed.
    #[error("it is closed")]
    #[problem(status = 409, code = "after_hours")]
    Closed,
    /// The store cannot be read.
    #[error("the store is not available")]
    #[problem(status = 503)]
    Store(#[source] StoreError),
    /// Only for tea.
    #[error("I am a teapot")]
    #[problem(status = 418)]
    Teapot,
    #[error(transparent)]
    #[problem(transparent)]
    Till(#[from] TillError),
    #[error(transparent)]
    #[problem(transparent)]
    Other(#[from] OperationError),
}

#[derive(Debug, thiserror::Error)]
#[error("the password is hunter2")]
struct StoreError;

/// The till is empty.
#[derive(Debug, OperationError)]
#[problem(status = 500, code = "till", crate = ::arsenal_core)]
struct TillError;

impl fmt::Display for TillError {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.write_str("the till is empty")
    }
}

impl Error for TillError {}

#[derive(Debug, thiserror::Error, OperationError)]
#[error(transparent)]
#[problem(transparent)]
struct Wrapped {
    inner: ShopError,
}

/// Buys.
#[operation(post, "/shop/buy/{what}", tag = "shop")]
async fn buy(what: String) -> Result<(), ShopError> {
    match what.as_str() {
        "tea" => Err(ShopError::SoldOut { item: what }),
        "night" => Err(ShopError::Closed),
        "store" => Err(ShopError::Store(StoreError)),
        "pot" => Err(ShopError::Teapot),
        "till" => Err(TillError)?,
        "other" => Err(OperationError::not_found("nothing such").suggest("look"))?,
        _ => Ok(()),
    }
}

/// Buys for somebody else.
#[operation(post, "/shop/order", tag = "shop")]
async fn order() -> Result<(), Wrapped> {
    buy(String::from("tea")).await.map_err(|inner| Wrapped { inner })
}

/// Uses `?` across types.
#[operation(post, "/shop/steal", tag = "shop")]
async fn steal() -> Result<(), OperationError> {
    Ok(buy(String::from("pot")).await?)
}

async fn ask(method: &str, uri: &str) -> (StatusCode, Value) {
    let name: NodeName = "alone".parse().unwrap();
    let cluster = Arc::new(Alone::new(name.clone()));
    let registry = Arc::new(Registry::from_linked().unwrap());
    let node = NodeParts::new(name, cluster, registry, Services::default(), Mode::Cluster);
    let node = Arc::new(node);
    let app = router(Arc::clone(&node)).merge(documents_router(node));
    let request = Request::builder()
        .method(method)
        .uri(uri)
        .extension(Principal::new("tester", Role::Admin))
        .body(Body::empty())
        .unwrap();
    let (parts, body) = app.oneshot(request).await.unwrap().into_parts();
    let bytes = body.collect().await.unwrap().to_bytes();
    (parts.status, serde_json::from_slice(&bytes).unwrap())
}

#[tokio::test]
async fn each_case_is_a_problem_of_its_own() {
    for (path, status, code, detail) in [
        ("buy/tea", 409, "arsenal_core.sold_out", "tea is sold out"),
        ("buy/night", 409, "arsenal_core.after_hours", "it is closed"),
        ("buy/store", 503, "arsenal_core.store", "the store is not available"),
        ("buy/pot", 418, "arsenal_core.teapot", "I am a teapot"),
        ("buy/till", 500, "arsenal_core.till", "the till is empty"),
        ("buy/other", 404, "not_found", "nothing such"),
        ("order", 409, "arsenal_core.sold_out", "tea is sold out"),
        ("steal", 418, "arsenal_core.teapot", "I am a teapot"),
    ] {
        let (answered, problem) = ask("POST", &format!("/shop/{path}")).await;
        assert_eq!((answered.as_u16(), &problem["status"]), (status, &json!(status)), "{path}");
        assert_eq!((&problem["code"], &problem["detail"]), (&json!(code), &json!(detail)));
        assert!(!problem.to_string().contains("hunter2"), "{problem}");
    }
    let (_, problem) = ask("POST", "/shop/buy/tea").await;
    assert_eq!(problem["suggestion"], "come back on Monday");
    assert_eq!(problem["title"], "Sold out");
}

#[test]
fn the_source_is_kept_for_the_log() {
    let error = OperationError::from(ShopError::Store(StoreError));
    assert_eq!(error.source().unwrap().to_string(), "the password is hunter2");
    assert!(OperationError::from(ShopError::Closed).source().is_none());
}

#[test]
fn what_is_passed_on_brings_its_cases() {
    let codes: Vec<&str> = ShopError::CASES.iter().map(|case| case.code).collect();
    assert_eq!(
        codes,
        ["sold_out", "after_hours", "store", "teapot", "till"]
            .map(|code| format!("arsenal_core.{code}"))
    );
    assert_eq!(Wrapped::CASES, ShopError::CASES);
    assert_eq!(OperationError::CASES, []);
}

#[tokio::test]
async fn the_document_names_every_case_under_its_status() {
    let (_, document) = ask("GET", "/openapi.json").await;
    let responses = &document["paths"]["/shop/buy/{what}"]["post"]["responses"];
    let text = |status: &str| responses[status]["description"].as_str().unwrap();
    let own = "\n\n`arsenal_core.sold_out`: Nothing is left of the item. More comes on Monday.\n\n\
         `arsenal_core.after_hours`: The shop is closed.";
    let conflict = text("409");
    assert!(conflict.starts_with("`conflict`: ") && conflict.ends_with(own), "{conflict}");
    assert_eq!(
        responses["409"]["x-arsenal-codes"],
        json!(["arsenal_core.sold_out", "arsenal_core.after_hours"])
    );
    assert_eq!(text("418"), "`arsenal_core.teapot`: Only for tea.");
    for (status, framework, own) in
        [("503", "The nodes that are needed", "store"), ("500", "`internal`", "till")]
    {
        assert!(text(status).starts_with(framework), "{}", text(status));
        assert!(text(status).contains(&format!("\n\n`arsenal_core.{own}`: The ")));
        assert_eq!(responses[status]["x-arsenal-codes"], json!([format!("arsenal_core.{own}")]));
    }
    let schema = &responses["418"]["content"]["application/problem+json"]["schema"];
    assert_eq!(schema["$ref"], "#/components/schemas/Problem");
    assert_eq!(responses["404"]["x-arsenal-codes"], Value::Null);
    let plain = &document["paths"]["/shop/steal"]["post"]["responses"];
    assert_eq!(plain["418"], Value::Null);
}
