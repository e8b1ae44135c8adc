use arsenal_core::prelude::*;

#[derive(Parameters)]
struct Filter {
    limit: u32,
}

/// Lists.
#[operation(get, "/items")]
async fn list(limit: u32, #[param(flatten)] filter: Filter) -> Result<u32, OperationError> {
    Ok(filter.limit + limit)
}

fn main() {}
