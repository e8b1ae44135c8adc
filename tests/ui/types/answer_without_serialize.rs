use arsenal_core::prelude::*;

#[derive(schemars::JsonSchema)]
struct Item {
    word: String,
}

/// Reads.
#[operation(get, "/items")]
async fn read() -> Result<Item, OperationError> {
    Ok(Item { word: String::new() })
}

fn main() {
    let _ = Item { word: String::new() }.word;
}
