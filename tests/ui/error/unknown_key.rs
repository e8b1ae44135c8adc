use arsenal_core::prelude::*;

#[derive(Debug, thiserror::Error, OperationError)]
enum ShopError {
    #[error("sold out")]
    #[problem(status = 409, text = "none left")]
    SoldOut,
}

fn main() {}
