use arsenal_core::{answer::Stream, prelude::*};

/// Counts.
#[operation(get, "/ticks")]
async fn ticks() -> impl Stream<Item = Result<u32, OperationError>> {
    todo()
}

/// Counts, or does not.
#[operation(get, "/tocks")]
async fn tocks() -> Result<impl Stream<Item = Result<u32, OperationError>>, OperationError> {
    Ok(todo())
}

fn todo() -> std::pin::Pin<Box<dyn Stream<Item = Result<u32, OperationError>> + Send>> {
    unimplemented!()
}

fn main() {}
