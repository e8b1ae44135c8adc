use arsenal_core::prelude::*;

#[derive(serde::Deserialize)]
struct Filter {
    word: String,
}

/// Lists.
#[operation(post, "/items")]
async fn list(filter: Filter) -> Result<String, OperationError> {
    Ok(filter.word)
}

fn main() {}
