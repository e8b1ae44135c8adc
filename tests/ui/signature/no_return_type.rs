use arsenal_core::prelude::*;

/// Clears.
#[operation(delete, "/items")]
async fn clear() {}

fn main() {}
