//! The two endpoints for dropshot. Its log of requests goes nowhere; it has no middleware, so
//! nothing is traced or counted beside that.

use contract::Violation;
use dropshot::{
    ApiDescription, ClientErrorStatusCode, ConfigDropshot, HttpError, HttpResponseOk, Path, Query,
    RequestContext, ServerBuilder, TypedBody, endpoint,
};
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

#[derive(Deserialize, JsonSchema)]
struct Which {
    id: u64,
}

#[derive(Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
struct Asked {
    verbose: bool,
    limit: u32,
}

#[derive(Serialize, JsonSchema)]
struct Item {
    id: u64,
    name: String,
    verbose: bool,
    limit: u32,
    tags: Vec<String>,
    note: Option<String>,
}

#[derive(Serialize, Deserialize, JsonSchema)]
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

/// Reads an item.
#[endpoint { method = GET, path = "/bench/items/{id}" }]
async fn get_item(
    _context: RequestContext<()>,
    which: Path<Which>,
    asked: Query<Asked>,
) -> Result<HttpResponseOk<Item>, HttpError> {
    let Which { id } = which.into_inner();
    let Asked { verbose, limit } = asked.into_inner();
    unless_empty(&contract::check_limit(limit))?;
    let (name, tags) = (contract::item_name(id), contract::item_tags());
    Ok(HttpResponseOk(Item { id, name, verbose, limit, tags, note: None }))
}

/// Creates an item.
#[endpoint { method = POST, path = "/bench/items" }]
async fn create_item(
    _context: RequestContext<()>,
    item: TypedBody<NewItem>,
) -> Result<HttpResponseOk<NewItem>, HttpError> {
    let item = item.into_inner();
    let NewItem { name, sku, quantity, price_cents, .. } = &item;
    unless_empty(&contract::check_new_item(name, sku, *quantity, *price_cents))?;
    Ok(HttpResponseOk(item))
}

fn unless_empty(violations: &[Violation]) -> Result<(), HttpError> {
    if violations.is_empty() {
        return Ok(());
    }
    let status = ClientErrorStatusCode::UNPROCESSABLE_ENTITY;
    Err(HttpError::for_client_error(None, status, format!("{violations:?}")))
}

#[tokio::main]
async fn main() -> Result<(), String> {
    let mut api = ApiDescription::new();
    api.register(get_item).map_err(|error| error.to_string())?;
    api.register(create_item).map_err(|error| error.to_string())?;
    let config = ConfigDropshot { bind_address: contract::address(), ..ConfigDropshot::default() };
    let log = slog::Logger::root(slog::Discard, slog::o!());
    let server = ServerBuilder::new(api, (), log).config(config).start();
    server.map_err(|error| error.to_string())?.await
}
