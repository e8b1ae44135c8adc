use arsenal_core::prelude::*;

#[derive(Parameters)]
struct Filter {
    limit: u32,
}

/// Lists.
#[operation(get, "/items")]
async fn list(
    #[param(flatten, name = "x", range(min = 1))] filter: Filter,
    #[param(flatten, header)] other: Filter,
) -> Result<u32, OperationError> {
    Ok(filter.limit + other.limit)
}

fn main() {}
