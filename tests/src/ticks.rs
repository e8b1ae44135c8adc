//! Streams that tick, and how many of them there are.

use std::{
    sync::atomic::{AtomicU32, Ordering},
    time::Duration,
};

use arsenal_core::prelude::*;
use futures_util::{Stream, StreamExt as _, stream};
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};
use tokio::time::sleep;

/// How many streams this process of the operating system gives.
static LIVE: AtomicU32 = AtomicU32::new(0);

/// One tick.
#[derive(Debug, Serialize, Deserialize, JsonSchema)]
pub(crate) struct Tick {
    /// The node that ticks.
    node: NodeName,
    /// Which tick of the stream it is.
    number: u64,
}

/// Ticks on one node.
#[operation(get, "/api/v1/test/ticks/{node}", target = node(node), stream)]
pub(crate) async fn ticks(
    context: NodeContext,
    /// The node that ticks.
    #[expect(unused_variables, reason = "the target has led there")]
    node: NodeName,
    /// After how many ticks it ends.
    count: u64,
    /// The time between two ticks.
    #[param(default = 1)]
    every_ms: u64,
) -> Result<impl Stream<Item = Result<Event<Tick>, OperationError>>, OperationError> {
    ticking(&context, count, every_ms)
}

/// Ticks on all nodes.
#[operation(get, "/api/v1/test/ticks", target = all_nodes, stream)]
pub(crate) async fn all_ticks(
    context: NodeContext,
    /// After how many ticks each node ends.
    count: u64,
    /// The time between two ticks of a node.
    #[param(default = 1)]
    every_ms: u64,
) -> Result<impl Stream<Item = Result<Event<Tick>, OperationError>>, OperationError> {
    ticking(&context, count, every_ms)
}

/// Shows how many streams tick on each node.
#[operation(get, "/api/v1/test/live-ticks", target = all_nodes)]
pub(crate) async fn live_ticks() -> Result<u32, OperationError> {
    Ok(LIVE.load(Ordering::Relaxed))
}

/// Goes on after the last tick that the client saw.
fn ticking(
    context: &NodeContext,
    count: u64,
    every_ms: u64,
) -> Result<impl Stream<Item = Result<Event<Tick>, OperationError>> + use<>, OperationError> {
    let first = match context.last_event_id().map(str::parse::<u64>) {
        None => 0,
        Some(Ok(last)) => last + 1,
        Some(Err(_)) => return Err(OperationError::conflict("that was no tick")),
    };
    let (node, live) = (context.node().clone(), Live::new());
    let numbers = stream::iter(first..count).then(move |number| async move {
        sleep(Duration::from_millis(every_ms)).await;
        number
    });
    Ok(numbers.map(move |number| {
        let _as_long_as_the_stream = &live;
        Ok(Event::new(number, Tick { node: node.clone(), number }))
    }))
}

/// Counts a stream while it is there.
struct Live;

impl Live {
    fn new() -> Self {
        LIVE.fetch_add(1, Ordering::Relaxed);
        Self
    }
}

impl Drop for Live {
    fn drop(&mut self) {
        LIVE.fetch_sub(1, Ordering::Relaxed);
    }
}
