use arsenal_cluster::prelude::*;

#[derive(ArsenalMessage)]
enum Message {
    Put(#[message(skip)] u8),
}

fn main() {}
