use arsenal_cluster::prelude::*;

#[derive(ArsenalMessage)]
union Message {
    number: u8,
}

fn main() {}
