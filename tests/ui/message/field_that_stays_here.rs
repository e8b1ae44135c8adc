use arsenal_cluster::prelude::*;

struct Item;

#[derive(ArsenalMessage)]
#[message(cluster)]
enum Message {
    Put(Item),
}

fn main() {}
