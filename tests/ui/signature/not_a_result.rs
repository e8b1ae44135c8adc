use arsenal_core::prelude::*;

/// Counts.
#[operation(get, "/items")]
async fn count() -> u32 {
    1
}

fn main() {}
