use arsenal_cluster::prelude::*;

/// Works.
#[blueprint]
async fn worker() -> Child {
    unreachable!()
}

fn main() {}
