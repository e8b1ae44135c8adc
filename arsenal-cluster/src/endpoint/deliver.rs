//! The serving side: what the network delivers.

use std::{
    net::SocketAddr,
    panic::AssertUnwindSafe,
    sync::{Arc, Weak, atomic::Ordering},
    time::Duration,
};

use arsenal_core::membership::CallError;
use bytes::Bytes;
use futures_util::FutureExt as _;
use tokio::time::{Instant, timeout_at};

use super::{
    Endpoint,
    frame::{Frame, HEAD_BYTES, Refusal},
    handler::Handler,
    inlets::BeyondWindow,
    outlet::{self, Asked},
    path::Path,
};
use crate::network::{Down, FRAME_BYTES_MAX, Peer, PeerId, Sink};

/// The longest body of a reply.
const REPLY_BYTES_MAX: usize = FRAME_BYTES_MAX - HEAD_BYTES;

/// The sink of an endpoint, which it does not keep alive.
pub(super) struct Deliver(pub(super) Weak<Endpoint>);

impl Deliver {
    /// The endpoint, unless it is closed or gone.
    fn endpoint(&self) -> Option<Arc<Endpoint>> {
        self.0.upgrade().filter(|endpoint| !endpoint.is_closed.load(Ordering::Acquire))
    }
}

impl Sink for Deliver {
    fn up(&self, peer: &Peer) {
        let Some(endpoint) = self.endpoint() else { return };
        let path = Arc::new(Path::new(peer.clone()));
        endpoint.paths().insert(peer.id.clone(), Arc::clone(&path));
        // At once, not with the next beat: calls wait until it is answered.
        endpoint.ping(&path);
        endpoint.handler.up(peer);
    }

    fn frame(&self, from: &PeerId, frame: Bytes) {
        let Some(endpoint) = self.endpoint() else { return };
        let Some(path) = endpoint.paths().get(from).map(Arc::clone) else { return };
        match Frame::decode(frame) {
            Ok(frame) => read(&endpoint, &path, frame),
            Err(_malformed) => {
                endpoint.malformed.fetch_add(1, Ordering::Relaxed);
                tracing::warn!(peer = %from, "dropped a frame that cannot be read");
            }
        }
    }

    fn down(&self, peer: &PeerId, why: Down) {
        let Some(endpoint) = self.endpoint() else { return };
        let path = endpoint.paths().remove(peer);
        if let Some(path) = path {
            path.lose_all();
            endpoint.handler.down(peer, why);
        }
    }

    fn datagram(&self, from: SocketAddr, bytes: Bytes) {
        if let Some(endpoint) = self.endpoint() {
            endpoint.handler.datagram(from, bytes);
        }
    }

    fn holder(&self, newcomer: &PeerId) -> Option<PeerId> {
        self.endpoint()?.handler.holder(newcomer)
    }

    fn refused(&self, newcomer: &PeerId, holder: &PeerId) {
        if let Some(endpoint) = self.endpoint() {
            endpoint.handler.refused(newcomer, holder);
        }
    }

    fn name_held(&self, holder: &PeerId) {
        if let Some(endpoint) = self.endpoint() {
            endpoint.handler.name_held(holder);
        }
    }
}

fn read(endpoint: &Arc<Endpoint>, path: &Arc<Path>, frame: Frame) {
    let from = &path.peer().id;
    match frame {
        Frame::Request { id, clock, timeout_ms, body } => {
            match time_left(endpoint, path, clock, timeout_ms) {
                Some(_) if path.is_full() => endpoint.refuse(from, id, Refusal::Overloaded),
                Some(time_left) => serve(endpoint, from, id, body, time_left),
                None => endpoint.refuse(from, id, Refusal::Late),
            }
        }
        Frame::Reply { id, body } => path.complete(id, Ok(body)),
        Frame::Refusal { id, why } => {
            // Calls and streams share their ids, so it is one of both.
            path.complete(id, Err(why.into()));
            path.inlets().fail(id, why.into());
        }
        Frame::Ping { beat, clock } => {
            path.lateness(endpoint.clock(), clock);
            endpoint.send(from, &Frame::Pong { beat, clock });
        }
        Frame::Pong { beat, clock } => {
            let micros = endpoint.clock().saturating_sub(clock);
            path.answered(beat, Duration::from_micros(micros));
        }
        Frame::Open { id, clock, timeout_ms, window, body } => {
            match time_left(endpoint, path, clock, timeout_ms) {
                Some(_) if path.is_full() => endpoint.refuse(from, id, Refusal::Overloaded),
                Some(time_left) => {
                    let asked = Asked { id, window, body, time_left };
                    outlet::serve(endpoint, path, asked);
                }
                None => endpoint.refuse(from, id, Refusal::Late),
            }
        }
        Frame::Opened { id } => path.inlets().opened(id),
        Frame::Item { id, body } => {
            if path.inlets().item(id, body) == Err(BeyondWindow) {
                tracing::error!(peer = %from, "a stream gave more than there is room for: ended");
                endpoint.send(from, &Frame::Cancel { id });
            }
        }
        Frame::End { id } => path.inlets().end(id),
        Frame::Credit { id, taken } => path.outlets().credit(id, taken),
        Frame::Cancel { id } => {
            path.outlets().cancel(id);
            endpoint.served.cancel(from, id);
        }
    }
}

/// How much is left of the time that a peer gave when its clock was so; `None` if that is over.
fn time_left(endpoint: &Endpoint, path: &Path, clock: u64, timeout_ms: u32) -> Option<Duration> {
    let lateness = path.lateness(endpoint.clock(), clock);
    Duration::from_millis(timeout_ms.into()).checked_sub(lateness)
}

/// Runs a request in a task of its own, even one that is ready at once. A task is about a seventh of
/// the time of the fastest operation. But the delivery of all frames waits for what is done here,
/// pings and their answers, too, and nobody can say how long an operation computes before it waits:
/// one that does for two seconds would look to all peers as if this node were frozen. In a task it
/// holds up one thread of the runtime.
fn serve(endpoint: &Arc<Endpoint>, from: &PeerId, id: u64, body: Bytes, time_left: Duration) {
    let Some(permit) = endpoint.served.permit(from, id) else {
        return endpoint.refuse(from, id, Refusal::Overloaded);
    };
    let deadline = Instant::now() + time_left;
    let (weak, handler) = (Arc::downgrade(endpoint), Arc::clone(&endpoint.handler));
    let from = from.clone();
    endpoint.served.run(permit, |permit| async move {
        let outcome = timeout_at(deadline, run(handler, &from, body, deadline)).await;
        // Before the reply, or the next request could find none.
        drop(permit);
        if let (Ok(outcome), Some(endpoint)) = (outcome, weak.upgrade()) {
            endpoint.reply(&from, id, outcome);
        }
    });
}

/// What became of a request. A panic is the operation's own, and so is what it broke.
async fn run(
    handler: Arc<dyn Handler>,
    from: &PeerId,
    body: Bytes,
    deadline: Instant,
) -> Result<Bytes, Refusal> {
    // The task may have waited for its turn, or been frozen since the request was read.
    let time_left = deadline.checked_duration_since(Instant::now()).ok_or(Refusal::Late)?;
    let operation = async move { handler.call(from, body, time_left).await };
    AssertUnwindSafe(operation).catch_unwind().await.or(Err(Refusal::Crashed))
}

impl Endpoint {
    fn reply(&self, to: &PeerId, id: u64, outcome: Result<Bytes, Refusal>) {
        let frame = match outcome {
            Ok(body) if body.len() > REPLY_BYTES_MAX => {
                Frame::Reply { id, body: self.handler.reply_too_large() }
            }
            Ok(body) => Frame::Reply { id, body },
            Err(why) => return self.refuse(to, id, why),
        };
        self.send(to, &frame);
    }

    pub(super) fn refuse(&self, to: &PeerId, id: u64, why: Refusal) {
        match why {
            Refusal::Crashed => tracing::error!(peer = %to, "what a peer asked for broke"),
            Refusal::Late => {
                self.late_refused.fetch_add(1, Ordering::Relaxed);
            }
            Refusal::Overloaded => {}
        }
        self.send(to, &Frame::Refusal { id, why });
    }
}

impl From<Refusal> for CallError {
    fn from(why: Refusal) -> Self {
        match why {
            Refusal::Late => Self::Late,
            Refusal::Overloaded => Self::Overloaded,
            // Nothing more will come, and it may have run: the same as a lost path.
            Refusal::Crashed => Self::Lost,
        }
    }
}
