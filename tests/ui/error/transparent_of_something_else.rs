use arsenal_core::prelude::*;

#[derive(Debug, thiserror::Error, OperationError)]
enum ShopError {
    #[error("sold out")]
    #[problem(transparent)]
    SoldOut(std::fmt::Error),
}

fn main() {}
