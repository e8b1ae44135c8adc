use arsenal_cluster::prelude::*;

#[derive(ArsenalState)]
struct State<T> {
    value: T,
}

fn main() {}
