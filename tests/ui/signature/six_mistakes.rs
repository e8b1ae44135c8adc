use arsenal_core::prelude::*;

/// Lists.
#[operation(fetch, "/items/{id}", tagg = "x")]
fn list(#[param(rang(min = 1))] limit: u32) -> u32 {
    limit
}

fn main() {}
