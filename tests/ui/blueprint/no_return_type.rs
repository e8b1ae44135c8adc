use arsenal_cluster::prelude::*;

/// A child.
#[blueprint]
fn counter() {
    unreachable!()
}

fn main() {}
