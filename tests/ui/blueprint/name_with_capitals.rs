use arsenal_cluster::prelude::*;

/// A child.
#[blueprint(name = "Counter")]
fn counter() -> Child {
    unreachable!()
}

fn main() {}
