//! The two endpoints by hand for axum, documented by utoipa: the types are restated in the macro.

use axum::{
    Json,
    extract::{
        Path, Query,
        rejection::{JsonRejection, PathRejection, QueryRejection},
    },
    http::StatusCode,
};
use contract::Violation;
use observed::Counted;
use serde::{Deserialize, Serialize};
use utoipa::{IntoParams, ToSchema};
use utoipa_axum::{
    router::{OpenApiRouter, UtoipaMethodRouterExt as _},
    routes,
};

/// What is asked for.
#[derive(Deserialize, IntoParams)]
#[serde(deny_unknown_fields)]
struct Asked {
    /// Also the long texts.
    verbose: bool,
    /// At most this many.
    #[param(minimum = 1, maximum = 1000)]
    limit: u32,
}

/// An item.
#[derive(Serialize, ToSchema)]
struct Item {
    id: u64,
    name: String,
    verbose: bool,
    limit: u32,
    tags: Vec<String>,
    note: Option<String>,
}

/// A new item.
#[derive(Serialize, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
struct NewItem {
    #[schema(min_length = 1, max_length = 64)]
    name: String,
    #[schema(min_length = 3, max_length = 32)]
    sku: String,
    #[schema(minimum = 1, maximum = 10_000)]
    quantity: u32,
    #[schema(maximum = 10_000_000)]
    price_cents: u64,
    active: bool,
    category: String,
    tags: Vec<String>,
    notes: Option<String>,
}

/// Refusals.
type Refused = (StatusCode, Json<Vec<(&'static str, &'static str)>>);

/// Reads an item.
#[utoipa::path(
    get, path = "/bench/items/{id}",
    params(("id" = u64, Path, description = "Which item"), Asked),
    responses((status = 200, body = Item), (status = 422))
)]
async fn get_item(
    id: Result<Path<u64>, PathRejection>,
    asked: Result<Query<Asked>, QueryRejection>,
) -> Result<Json<Item>, Refused> {
    let Path(id) = id.map_err(|_| refused(Vec::new()))?;
    let Query(Asked { verbose, limit }) = asked.map_err(|_| refused(Vec::new()))?;
    unless_empty(contract::check_limit(limit))?;
    let (name, tags) = (contract::item_name(id), contract::item_tags());
    Ok(Json(Item { id, name, verbose, limit, tags, note: None }))
}

/// Creates an item.
#[utoipa::path(
    post, path = "/bench/items", request_body = NewItem,
    responses((status = 200, body = NewItem), (status = 422))
)]
async fn create_item(item: Result<Json<NewItem>, JsonRejection>) -> Result<Json<NewItem>, Refused> {
    let Json(item) = item.map_err(|rejection| (rejection.status(), Json(Vec::new())))?;
    let NewItem { name, sku, quantity, price_cents, .. } = &item;
    unless_empty(contract::check_new_item(name, sku, *quantity, *price_cents))?;
    Ok(Json(item))
}

fn unless_empty(violations: Vec<Violation>) -> Result<(), Refused> {
    if violations.is_empty() { Ok(()) } else { Err(refused(violations)) }
}

fn refused(violations: Vec<Violation>) -> Refused {
    let all = violations.into_iter().map(|violation| (violation.name, violation.message));
    (StatusCode::UNPROCESSABLE_ENTITY, Json(all.collect()))
}

#[tokio::main]
async fn main() -> std::io::Result<()> {
    contract::start_log();
    let (router, _document) = OpenApiRouter::<()>::new()
        .routes(routes!(get_item).layer(Counted::default()))
        .routes(routes!(create_item).layer(Counted::default()))
        .split_for_parts();
    let app = observed::traced(router);
    axum::serve(tokio::net::TcpListener::bind(contract::address()).await?, app).await
}
