use arsenal_cluster::prelude::*;

#[derive(ArsenalMessage)]
#[message]
struct Message;

fn main() {}
