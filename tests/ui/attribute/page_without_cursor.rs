use arsenal_core::prelude::*;

/// Lists.
#[operation(get, "/items", target = all_nodes)]
async fn list(limit: u32) -> Result<Page<u32>, OperationError> {
    Ok(Page::last(vec![limit]))
}

fn main() {}
