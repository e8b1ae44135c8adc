use arsenal_core::prelude::*;

#[operation(get, "/items")]
struct Items;

fn main() {
    let _ = Items;
}
