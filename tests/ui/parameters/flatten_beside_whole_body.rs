use arsenal_core::prelude::*;

#[derive(Parameters)]
struct Filter {
    limit: u32,
}

/// Adds.
#[operation(post, "/items")]
async fn add(
    #[param(body)] text: String,
    #[param(flatten)] filter: Filter,
) -> Result<String, OperationError> {
    drop(filter.limit);
    Ok(text)
}

fn main() {}
