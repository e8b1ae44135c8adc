use arsenal_core::prelude::*;

/// Reads.
#[operation(get, "/items", replaced_by = "item.show")]
async fn read() -> Result<u32, OperationError> {
    Ok(1)
}

fn main() {}
