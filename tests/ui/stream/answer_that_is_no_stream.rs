use arsenal_core::prelude::*;

/// Counts.
#[operation(get, "/ticks", stream)]
async fn ticks() -> Result<u32, OperationError> {
    Ok(1)
}

fn main() {}
