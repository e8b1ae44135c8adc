use arsenal_cluster::prelude::*;

#[derive(ArsenalMessage)]
#[message(show)]
enum Message {
    Put(u8),
}

fn main() {}
