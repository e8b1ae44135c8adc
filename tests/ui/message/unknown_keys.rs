use arsenal_cluster::prelude::*;

#[derive(ArsenalMessage)]
#[message(jsn, name = "x")]
enum Message {
    #[message(show)]
    Add(i64),
    #[message(skip = true)]
    Get,
}

fn main() {}
