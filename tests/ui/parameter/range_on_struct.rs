use arsenal_core::prelude::*;

#[derive(serde::Deserialize, schemars::JsonSchema)]
struct Filter {
    word: String,
}

/// Lists.
#[operation(post, "/items")]
async fn list(#[param(range(min = 1))] filter: Filter) -> Result<String, OperationError> {
    Ok(filter.word)
}

fn main() {}
