use arsenal_core::prelude::*;

#[derive(Debug, thiserror::Error, OperationError)]
enum ShopError {
    #[error("sold out")]
    #[problem(status = 200)]
    SoldOut,
}

fn main() {}
