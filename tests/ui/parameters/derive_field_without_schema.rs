use arsenal_core::prelude::*;

#[derive(serde::Deserialize)]
struct Point;

#[derive(Parameters)]
struct Window {
    at: Vec<Point>,
}

fn main() {}
