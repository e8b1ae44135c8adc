use arsenal_core::prelude::*;

#[derive(Parameters)]
struct Percent(u8);

#[derive(Parameters)]
struct Nothing;

fn main() {}
