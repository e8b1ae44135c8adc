use arsenal_cluster::prelude::*;
use ractor::RpcReplyPort;

struct Item;

#[derive(ArsenalMessage)]
#[message(json)]
enum Message {
    Put(Item),
    Take(RpcReplyPort<Item>),
}

fn main() {}
