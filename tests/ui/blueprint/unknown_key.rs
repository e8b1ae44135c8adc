use arsenal_cluster::prelude::*;

/// A child.
#[blueprint(nam = "counter")]
fn counter() -> Child {
    unreachable!()
}

fn main() {}
