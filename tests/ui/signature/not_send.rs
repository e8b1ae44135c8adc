use std::rc::Rc;

use arsenal_core::prelude::*;

/// Waits.
#[operation(get, "/items")]
async fn wait() -> Result<u32, OperationError> {
    let shared = Rc::new(1);
    std::future::ready(()).await;
    Ok(*shared)
}

fn main() {}
