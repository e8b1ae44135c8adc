use arsenal_core::prelude::*;

#[derive(Parameters)]
struct Window<T> {
    first: T,
}

fn main() {}
