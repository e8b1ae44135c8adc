use arsenal_core::prelude::*;

#[derive(Parameters)]
enum Kind {
    Actor,
}

fn main() {}
