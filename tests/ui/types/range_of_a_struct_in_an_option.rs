use arsenal_core::prelude::*;

#[derive(serde::Deserialize, schemars::JsonSchema)]
struct Size(u32);

/// Lists.
#[operation(get, "/items")]
async fn list(
    #[param(range(min = 1))] size: Option<Size>,
) -> Result<u32, OperationError> {
    Ok(size.map_or(0, |size| size.0))
}

fn main() {}
