use arsenal_core::prelude::*;

/// Lists.
#[operation(post, "/items", target = all_nodes, idempotent)]
async fn list(
    #[param(query)] limit: u32,
    #[param(query)] cursor: Option<Cursor>,
) -> Result<Page<u32>, OperationError> {
    drop(cursor);
    Ok(Page::last(vec![limit]))
}

fn main() {}
