use arsenal_core::prelude::*;

#[derive(Parameters)]
#[param(core = elsewhere)]
struct Window {
    #[param(query, rang(min = 1))]
    limit: u32,
}

fn main() {}
