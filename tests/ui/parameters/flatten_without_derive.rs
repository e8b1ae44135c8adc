use arsenal_core::prelude::*;

#[derive(serde::Deserialize, schemars::JsonSchema)]
struct Filter {
    limit: u32,
}

/// Lists.
#[operation(get, "/items")]
async fn list(#[param(flatten)] filter: Filter) -> Result<u32, OperationError> {
    Ok(filter.limit)
}

fn main() {}
