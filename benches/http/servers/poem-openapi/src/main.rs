//! The two endpoints for poem-openapi, validated by its own validators; nothing is traced or
//! counted.

use poem::{Route, Server, listener::TcpListener};
use poem_openapi::{
    Object, OpenApi, OpenApiService,
    param::{Path, Query},
    payload::Json,
};

#[derive(Object)]
struct Item {
    id: u64,
    name: String,
    verbose: bool,
    limit: u32,
    tags: Vec<String>,
    note: Option<String>,
}

#[derive(Object)]
#[oai(deny_unknown_fields)]
struct NewItem {
    #[oai(validator(min_length = 1, max_length = 64))]
    name: String,
    #[oai(validator(min_length = 3, max_length = 32))]
    sku: String,
    #[oai(validator(minimum(value = "1"), maximum(value = "10000")))]
    quantity: u32,
    #[oai(validator(maximum(value = "10000000")))]
    price_cents: u64,
    active: bool,
    category: String,
    tags: Vec<String>,
    notes: Option<String>,
}

struct Api;

#[OpenApi]
impl Api {
    /// Reads an item.
    #[oai(path = "/bench/items/:id", method = "get")]
    async fn get_item(
        &self,
        id: Path<u64>,
        verbose: Query<bool>,
        #[oai(validator(minimum(value = "1"), maximum(value = "1000")))] limit: Query<u32>,
    ) -> Json<Item> {
        let (name, tags) = (contract::item_name(id.0), contract::item_tags());
        Json(Item { id: id.0, name, verbose: verbose.0, limit: limit.0, tags, note: None })
    }

    /// Creates an item.
    #[oai(path = "/bench/items", method = "post")]
    async fn create_item(&self, item: Json<NewItem>) -> Json<NewItem> {
        item
    }
}

#[tokio::main]
async fn main() -> std::io::Result<()> {
    let service = OpenApiService::new(Api, "bench", "1.0");
    let app = Route::new().nest("/", service);
    Server::new(TcpListener::bind(contract::address().to_string())).run(app).await
}
