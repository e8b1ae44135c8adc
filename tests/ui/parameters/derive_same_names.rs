use arsenal_core::prelude::*;

#[derive(Parameters)]
struct Window {
    from: u32,
    #[param(name = "from")]
    start: u32,
    #[param(range(min = 5, max = 4))]
    limit: u32,
    text: &'static str,
}

fn main() {}
