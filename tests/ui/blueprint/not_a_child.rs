use arsenal_cluster::prelude::*;

/// Works.
#[blueprint]
fn worker(queue: String) -> String {
    queue
}

fn main() {}
