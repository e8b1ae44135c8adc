use arsenal_core::{answer::Stream, prelude::*};

/// Counts.
#[operation(get, "/ticks", stream)]
async fn ticks() -> impl Stream<Item = u32> {
    todo()
}

fn todo() -> std::pin::Pin<Box<dyn Stream<Item = u32> + Send>> {
    unimplemented!()
}

fn main() {}
