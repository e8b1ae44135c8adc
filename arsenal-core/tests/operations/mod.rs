//! Operations in a scope that makes it hard for the expansion.

#![expect(unreachable_pub, reason = "as a crate of operations would spell it")]

pub mod hygiene;
pub mod item;
pub mod till;

#[derive(Clone, Debug)]
pub struct Stock(pub u32);

mod private {
    use arsenal_core::prelude::*;

    /// Opens.
    #[operation(post, "/api/v1/shop/open", name = "shop.open")]
    async fn anything() -> Result<(), OperationError> {
        Ok(())
    }
}
