use arsenal_core::prelude::*;

/// Reads.
#[operation(get, "/items")]
async fn read() -> Result<u32, std::fmt::Error> {
    Ok(1)
}

fn main() {}
