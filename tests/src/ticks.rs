//! Streams that count, and how many of them run.

use std::{
    sync::atomic::{AtomicUsize, Ordering},
    time::Duration,
};

use arsenal_core::{answer::Stream, prelude::*};
use futures_util::stream;
use tokio::time::sleep;

/// How many streams run in this process of the operating system.
static RUNNING: AtomicUsize = AtomicUsize::new(0);

struct Running;

impl Running {
    fn start() -> Self {
        RUNNING.fetch_add(1, Ordering::Relaxed);
        Self
    }
}

impl Drop for Running {
    fn drop(&mut self) {
        RUNNING.fetch_sub(1, Ordering::Relaxed);
    }
}

/// Counts on one node.
#[operation(get, "/api/v1/test/ticks/{node}", stream, target = node(node))]
pub(crate) async fn ticks(
    context: NodeContext,
    /// Where to run.
    #[expect(unused_variables, reason = "the target has led there")]
    node: NodeName,
    /// Up to which number.
    #[param(default = 3)]
    count: u32,
    /// How long to wait before each.
    #[param(default = 10)]
    pause_ms: u64,
) -> Result<impl Stream<Item = Result<Event<u32>, OperationError>>, OperationError> {
    counted(&context, count, pause_ms)
}

/// Counts on every node.
#[operation(get, "/api/v1/test/ticks", stream, target = all_nodes)]
pub(crate) async fn everywhere(
    context: NodeContext,
    /// Up to which number.
    #[param(default = 3)]
    count: u32,
    /// How long to wait before each.
    #[param(default = 10)]
    pause_ms: u64,
) -> Result<impl Stream<Item = Result<Event<u32>, OperationError>>, OperationError> {
    counted(&context, count, pause_ms)
}

/// Shows how many streams run on a node.
#[operation(get, "/api/v1/test/ticking/{node}", target = node(node))]
pub(crate) async fn running(
    /// Where to look.
    #[expect(unused_variables, reason = "the target has led there")]
    node: NodeName,
) -> Result<usize, OperationError> {
    Ok(RUNNING.load(Ordering::Relaxed))
}

/// Goes on after the number that the client has seen.
fn counted(
    context: &NodeContext,
    count: u32,
    pause_ms: u64,
) -> Result<impl Stream<Item = Result<Event<u32>, OperationError>> + use<>, OperationError> {
    let last = context.last_event_id().unwrap_or("0").parse::<u32>();
    let last = last.map_err(|_other| OperationError::conflict("the last event is no number"))?;
    Ok(stream::unfold((last, Running::start()), move |(last, running)| async move {
        if last >= count {
            return None;
        }
        sleep(Duration::from_millis(pause_ms)).await;
        let next = last + 1;
        Some((Ok(Event::new(next, next)), (next, running)))
    }))
}
