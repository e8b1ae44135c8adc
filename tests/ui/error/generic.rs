use arsenal_core::prelude::*;

#[derive(Debug, thiserror::Error, OperationError)]
enum ShopError<T> {
    #[error("sold out")]
    #[problem(status = 409)]
    SoldOut(T),
}

fn main() {}
