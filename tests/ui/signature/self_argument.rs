use arsenal_core::prelude::*;

struct Shop;

impl Shop {
    /// Lists.
    #[operation(get, "/items")]
    async fn list(&self) -> Result<u32, OperationError> {
        Ok(1)
    }
}

fn main() {}
