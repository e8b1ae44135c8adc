use arsenal_cluster::prelude::*;

#[derive(ArsenalMessage)]
enum Message {
    #[message(skip)]
    Put(u8),
}

fn main() {}
