use arsenal_cluster::prelude::*;

#[derive(ArsenalMessage)]
#[message(json)]
enum Message {
    SoldOut,
    Sold_Out,
}

fn main() {}
