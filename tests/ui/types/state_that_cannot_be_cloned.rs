use arsenal_core::prelude::*;

struct Stock(u32);

/// Reads.
#[operation(get, "/items")]
async fn read(#[state] stock: Stock) -> Result<u32, OperationError> {
    Ok(stock.0)
}

fn main() {
    Stock(1);
}
