use arsenal_cluster::prelude::*;

#[derive(ArsenalMessage)]
#[message(json)]
enum Message {
    #[message(skip)]
    Put(u8),
}

fn main() {}
