use arsenal_core::prelude::*;

#[derive(Parameters)]
struct Filter {
    #[param(name = "max")]
    limit: u32,
}

/// Lists.
#[operation(get, "/items")]
async fn list(
    #[param(flatten)] first: Filter,
    #[param(flatten)] second: Filter,
) -> Result<u32, OperationError> {
    Ok(first.limit + second.limit)
}

fn main() {}
