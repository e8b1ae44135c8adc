use arsenal_cluster::prelude::*;

#[derive(ArsenalState)]
#[state(json)]
struct State;

fn main() {}
