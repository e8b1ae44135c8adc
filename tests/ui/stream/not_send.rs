use std::{
    pin::Pin,
    rc::Rc,
    task::{Context, Poll},
};

use arsenal_core::{answer::Stream, prelude::*};

struct Ticks(Rc<u32>);

impl Stream for Ticks {
    type Item = Result<u32, OperationError>;

    fn poll_next(self: Pin<&mut Self>, _: &mut Context<'_>) -> Poll<Option<Self::Item>> {
        Poll::Ready(Some(Ok(*self.0)))
    }
}

/// Counts.
#[operation(get, "/ticks", stream)]
async fn ticks() -> impl Stream<Item = Result<u32, OperationError>> {
    Ticks(Rc::new(1))
}

fn main() {}
