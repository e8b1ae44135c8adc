//! The two endpoints by hand, as a careful author of an axum program writes them: everything is
//! validated, every refusal is a problem document, each request has a span and is counted.

use axum::{
    Json, Router,
    extract::{
        Path, Query,
        rejection::{JsonRejection, PathRejection, QueryRejection},
    },
    http::{StatusCode, header::CONTENT_TYPE},
    response::{IntoResponse, Response},
    routing::{get, post},
};
use contract::Violation;
use observed::Counted;
use serde::{Deserialize, Serialize};

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Asked {
    verbose: bool,
    limit: u32,
}

#[derive(Serialize)]
struct Item {
    id: u64,
    name: String,
    verbose: bool,
    limit: u32,
    tags: Vec<String>,
    note: Option<String>,
}

#[derive(Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
struct NewItem {
    name: String,
    sku: String,
    quantity: u32,
    price_cents: u64,
    active: bool,
    category: String,
    tags: Vec<String>,
    notes: Option<String>,
}

async fn get_item(
    id: Result<Path<u64>, PathRejection>,
    asked: Result<Query<Asked>, QueryRejection>,
) -> Result<Json<Item>, Problem> {
    let Path(id) = id?;
    let Query(Asked { verbose, limit }) = asked?;
    Problem::unless_empty(contract::check_limit(limit))?;
    let (name, tags) = (contract::item_name(id), contract::item_tags());
    Ok(Json(Item { id, name, verbose, limit, tags, note: None }))
}

async fn create_item(item: Result<Json<NewItem>, JsonRejection>) -> Result<Json<NewItem>, Problem> {
    let Json(item) = item?;
    let NewItem { name, sku, quantity, price_cents, .. } = &item;
    Problem::unless_empty(contract::check_new_item(name, sku, *quantity, *price_cents))?;
    Ok(Json(item))
}

/// A refusal, as RFC 9457 has it.
#[derive(Serialize)]
struct Problem {
    title: &'static str,
    status: u16,
    detail: String,
    violations: Vec<ViolationOut>,
}

#[derive(Serialize)]
struct ViolationOut {
    name: &'static str,
    message: &'static str,
}

impl Problem {
    fn new(status: StatusCode, detail: String) -> Self {
        Self { title: "invalid input", status: status.as_u16(), detail, violations: Vec::new() }
    }

    fn unless_empty(violations: Vec<Violation>) -> Result<(), Self> {
        if violations.is_empty() {
            return Ok(());
        }
        let out = |Violation { name, message }| ViolationOut { name, message };
        let problem = Self::new(StatusCode::UNPROCESSABLE_ENTITY, "broken rules".to_owned());
        Err(Self { violations: violations.into_iter().map(out).collect(), ..problem })
    }
}

impl From<PathRejection> for Problem {
    fn from(rejection: PathRejection) -> Self {
        Self::new(StatusCode::UNPROCESSABLE_ENTITY, rejection.body_text())
    }
}

impl From<QueryRejection> for Problem {
    fn from(rejection: QueryRejection) -> Self {
        Self::new(StatusCode::UNPROCESSABLE_ENTITY, rejection.body_text())
    }
}

impl From<JsonRejection> for Problem {
    fn from(rejection: JsonRejection) -> Self {
        Self::new(rejection.status(), rejection.body_text())
    }
}

impl IntoResponse for Problem {
    fn into_response(self) -> Response {
        let status = StatusCode::from_u16(self.status).expect("made from a status");
        let json = "application/problem+json";
        (status, [(CONTENT_TYPE, json)], Json(self)).into_response()
    }
}

/// The program, with what observes it.
pub fn app() -> Router {
    let routes = Router::new()
        .route("/bench/items/{id}", get(get_item).layer(Counted::default()))
        .route("/bench/items", post(create_item).layer(Counted::default()));
    observed::traced(routes)
}
