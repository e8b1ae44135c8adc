use arsenal_core::prelude::*;

#[derive(Debug, thiserror::Error, OperationError)]
enum ShopError {
    #[error("sold out")]
    #[problem(transparent)]
    SoldOut(OperationError, u8),
}

fn main() {}
