use std::pin::Pin;

use arsenal_core::{answer::Stream, prelude::*};

#[derive(serde::Serialize)]
struct Tick {
    number: u32,
}

/// Counts.
#[operation(get, "/ticks", stream)]
async fn ticks() -> impl Stream<Item = Result<Event<Tick>, OperationError>> {
    todo()
}

fn todo() -> Pin<Box<dyn Stream<Item = Result<Event<Tick>, OperationError>> + Send>> {
    unimplemented!()
}

fn main() {}
