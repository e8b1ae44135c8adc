use arsenal_core::prelude::*;

#[derive(OperationError)]
union ShopError {
    sold_out: u8,
}

fn main() {}
