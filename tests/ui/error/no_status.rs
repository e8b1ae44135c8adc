use arsenal_core::prelude::*;

#[derive(Debug, thiserror::Error, OperationError)]
enum ShopError {
    #[error("sold out")]
    SoldOut,
}

fn main() {}
