use arsenal_cluster::prelude::*;
use ractor::RpcReplyPort;

#[derive(ArsenalMessage)]
#[message(cluster)]
enum Message {
    Two(RpcReplyPort<u8>, RpcReplyPort<u8>),
    Bare(RpcReplyPort),
    #[rpc]
    None(u8),
}

fn main() {}
