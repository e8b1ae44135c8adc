use arsenal_core::prelude::*;

#[derive(Debug, OperationError)]
enum ShopError {
    #[problem(status = 409)]
    SoldOut,
    #[problem(status = 503)]
    Closed,
}

fn main() {}
