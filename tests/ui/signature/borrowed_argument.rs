use arsenal_core::prelude::*;

/// Lists.
#[operation(get, "/items")]
async fn list(kind: Option<&'static str>) -> Result<usize, OperationError> {
    Ok(kind.map_or(0, str::len))
}

fn main() {}
