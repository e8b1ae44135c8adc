use arsenal_core::prelude::*;

#[derive(Debug, thiserror::Error, OperationError)]
enum ShopError {
    #[error("sold out")]
    #[problem(status = 409)]
    SoldOut,
    #[error("gone")]
    #[problem(status = 410, code = "sold_out")]
    Gone,
}

fn main() {}
