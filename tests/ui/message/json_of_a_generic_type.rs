use arsenal_cluster::prelude::*;

#[derive(ArsenalMessage)]
#[message(json)]
enum Message<T: Send + 'static> {
    Put(T),
}

fn main() {}
