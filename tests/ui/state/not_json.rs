use arsenal_cluster::prelude::*;

#[derive(ArsenalState)]
struct State {
    count: i64,
}

fn main() {}
