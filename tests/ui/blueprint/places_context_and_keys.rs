use arsenal_cluster::prelude::*;

#[blueprint(nam = "worker")]
fn worker(_node: NodeContext, #[param(query)] queue: String) {
    drop(queue);
}

fn main() {}
