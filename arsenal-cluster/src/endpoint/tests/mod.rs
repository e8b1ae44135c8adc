//! The endpoint over a network in memory, on a paused clock.

mod streams;

use std::{net::SocketAddr, sync::atomic::AtomicU32};

use arsenal_core::membership::CallError;
use bytes::Bytes;
use futures_util::{FutureExt as _, future::BoxFuture, stream::BoxStream};
use tokio::time::Instant;

use super::{frame::Refusal, *};
use crate::network::{Attempt, Down, Peer, SendError, Sink, WantedPeer};

/// A network to one peer, which is the test itself.
struct Wire {
    me: Peer,
    sink: Mutex<Option<Arc<dyn Sink>>>,
    sent: Mutex<Vec<Frame>>,
    resets: AtomicU32,
    numbers: Arc<streams::Numbers>,
}

impl Wire {
    fn deliver(&self, frame: &Frame) {
        self.deliver_bytes(frame.encode());
    }
    fn deliver_bytes(&self, bytes: Bytes) {
        self.sink().frame(&b().id, bytes);
    }
    fn sink(&self) -> Arc<dyn Sink> {
        self.sink.lock().unwrap().clone().unwrap()
    }
    /// Answers the pings that were sent since the last time.
    fn answer_pings(&self) {
        for frame in self.sent() {
            let Frame::Ping { beat, clock } = frame else { panic!("{frame:?}") };
            self.deliver(&Frame::Pong { beat, clock });
        }
    }
    /// What was sent since the last time, once all requests that are ready at once have run.
    async fn replies(&self) -> Vec<Frame> {
        tokio::time::sleep(Duration::from_millis(1)).await;
        self.sent()
    }
    /// What was sent since the last time.
    fn sent(&self) -> Vec<Frame> {
        std::mem::take(&mut *self.sent.lock().unwrap())
    }
}

impl Network for Wire {
    fn me(&self) -> &Peer {
        &self.me
    }
    fn start(&self, sink: Arc<dyn Sink>) {
        *self.sink.lock().unwrap() = Some(sink);
    }
    fn want(&self, _: Vec<WantedPeer>) {}
    fn reset(&self, peer: &PeerId) {
        self.resets.fetch_add(1, Ordering::Relaxed);
        self.sink().down(peer, Down::Reset);
    }
    fn send(&self, _: &PeerId, frame: Bytes) -> Result<(), SendError> {
        self.sent.lock().unwrap().push(Frame::decode(frame).unwrap());
        Ok(())
    }
    fn attempts(&self) -> Vec<Attempt> {
        Vec::new()
    }
    fn datagram(&self, _: SocketAddr, _: &[u8]) {}
}

/// Answers `slow` after a second, anything else at once.
struct Echo(Arc<streams::Numbers>);

impl Handler for Echo {
    fn call(&self, _: &PeerId, body: Bytes, _: Duration) -> BoxFuture<'static, Bytes> {
        if body == "slow" {
            tokio::time::sleep(Duration::from_secs(1)).map(|()| body).boxed()
        } else {
            std::future::ready(body).boxed()
        }
    }
    fn open(&self, _: &PeerId, body: Bytes, _: Duration) -> BoxStream<'static, Bytes> {
        self.0.open(&body)
    }
    fn reply_too_large(&self) -> Bytes {
        Bytes::new()
    }
    fn up(&self, _: &Peer) {}
    fn down(&self, _: &PeerId, _: Down) {}
    fn datagram(&self, _: SocketAddr, _: Bytes) {}
}

fn peer(id: &str) -> Peer {
    Peer { id: id.parse().unwrap(), address: ([127, 0, 0, 1], 1).into() }
}

fn b() -> Peer {
    peer("b#1")
}

/// An endpoint whose path to `b` has come up, and whose first ping was answered.
fn connected() -> (Arc<Endpoint>, Arc<Wire>) {
    let (endpoint, wire) = just_up();
    wire.answer_pings();
    (endpoint, wire)
}

/// An endpoint whose path to `b` has just come up.
fn just_up() -> (Arc<Endpoint>, Arc<Wire>) {
    let wire = Arc::new(Wire {
        me: peer("a#1"),
        sink: Mutex::default(),
        sent: Mutex::default(),
        resets: AtomicU32::new(0),
        numbers: Arc::default(),
    });
    let handler = Arc::new(Echo(Arc::clone(&wire.numbers)));
    let endpoint = Endpoint::start(Arc::<Wire>::clone(&wire), handler, Uptime::of_runtime());
    wire.sink().up(&b());
    (endpoint, wire)
}

fn request(id: u64, clock: u64, body: &'static str) -> Frame {
    Frame::Request { id, clock, timeout_ms: 300, body: body.into() }
}

#[tokio::test(start_paused = true)]
async fn a_silent_peer_is_reset_after_its_beats_and_not_before() {
    let (endpoint, wire) = connected();
    let begun = Instant::now();
    while wire.resets.load(Ordering::Relaxed) == 0 {
        assert!(begun.elapsed() < Duration::from_secs(3));
        tokio::time::sleep(Duration::from_millis(10)).await;
    }
    assert!(begun.elapsed() >= PING_EVERY * (MISSED_MAX - 1), "{:?}", begun.elapsed());
    assert!(endpoint.peers().is_empty());
}

#[tokio::test(start_paused = true)]
async fn a_peer_that_answers_stays_and_its_round_trip_is_known() {
    let (endpoint, wire) = connected();
    for _ in 0..100 {
        tokio::time::sleep(Duration::from_millis(100)).await;
        wire.answer_pings();
    }
    assert_eq!(wire.resets.load(Ordering::Relaxed), 0);
    let state = &endpoint.peers()[0];
    assert_eq!((&state.peer, state.missed), (&b(), 0));
    assert!(state.rtt.unwrap() <= Duration::from_millis(100), "{state:?}");
}

#[tokio::test(start_paused = true)]
async fn a_request_past_its_deadline_is_refused_unrun() {
    let (endpoint, wire) = connected();
    wire.deliver(&Frame::Ping { beat: 1, clock: 5_000_000 });
    wire.sent();
    tokio::time::advance(Duration::from_secs(1)).await;
    wire.deliver(&request(1, 5_600_000, "late by 400 ms"));
    wire.deliver(&request(2, 5_800_000, "late by 200 ms"));
    let sent: Vec<Frame> = wire
        .replies()
        .await
        .into_iter()
        .filter(|frame| !matches!(frame, Frame::Ping { .. }))
        .collect();
    let late = Frame::Refusal { id: 1, why: Refusal::Late };
    let body = Bytes::from_static(b"late by 200 ms");
    assert_eq!(sent, [late, Frame::Reply { id: 2, body }]);
    assert_eq!(endpoint.late_refused(), 1);
}

#[tokio::test(start_paused = true)]
async fn frames_are_delivered_while_a_request_is_yet_to_run() {
    let (_endpoint, wire) = connected();
    wire.deliver(&request(1, 0, "fast"));
    wire.deliver(&Frame::Ping { beat: 9, clock: 0 });
    let pong = Frame::Pong { beat: 9, clock: 0 };
    assert_eq!(wire.sent(), [pong], "the request has not run in the delivery");
    let reply = Frame::Reply { id: 1, body: "fast".into() };
    assert!(wire.replies().await.contains(&reply));
}

#[tokio::test(start_paused = true)]
async fn a_request_whose_deadline_passes_before_its_turn_is_refused_unrun() {
    let (endpoint, wire) = connected();
    wire.deliver(&request(1, 0, "fast"));
    // The clock goes on before any task runs, as in a freeze.
    assert_eq!(tokio::time::advance(Duration::from_millis(301)).now_or_never(), None);
    let late = Frame::Refusal { id: 1, why: Refusal::Late };
    assert!(wire.replies().await.contains(&late));
    assert_eq!(endpoint.late_refused(), 1);
}

#[tokio::test(start_paused = true)]
async fn a_call_on_a_new_path_waits_until_the_peer_knows_our_clock() {
    let (endpoint, wire) = just_up();
    let id = b().id;
    let call = endpoint.call(&id, Bytes::new(), Duration::from_secs(1));
    let answer = async {
        tokio::time::sleep(Duration::from_millis(400)).await;
        wire.answer_pings();
        tokio::task::yield_now().await;
        let sent = wire.sent();
        let [Frame::Request { id, timeout_ms, .. }] = sent[..] else { panic!("{sent:?}") };
        assert!((500..=600).contains(&timeout_ms), "what is left: {timeout_ms} ms");
        wire.deliver(&Frame::Reply { id, body: "done".into() });
    };
    assert_eq!(tokio::join!(call, answer).0, Ok("done".into()));
}

#[tokio::test(start_paused = true)]
async fn a_call_to_a_peer_that_never_answered_is_not_sent() {
    let (endpoint, wire) = just_up();
    let id = b().id;
    let call = endpoint.call(&id, Bytes::new(), Duration::from_millis(300)).await;
    assert_eq!(call, Err(CallError::Unavailable));
    let waiting = endpoint.call(&id, Bytes::new(), Duration::from_secs(9));
    let down = async {
        tokio::task::yield_now().await;
        wire.sink().down(&id, Down::Closed);
    };
    assert_eq!(tokio::join!(waiting, down).0, Err(CallError::Unavailable));
    assert!(wire.sent().iter().all(|frame| matches!(frame, Frame::Ping { .. })));
}

#[tokio::test(start_paused = true)]
async fn the_refusal_of_a_late_request_reaches_its_caller() {
    let (endpoint, wire) = connected();
    wire.sent();
    let id = b().id;
    let call = endpoint.call(&id, Bytes::new(), Duration::from_secs(1));
    let refuse = async {
        let sent = wire.sent();
        let Some(Frame::Request { id, .. }) = sent.last() else { panic!("{sent:?}") };
        wire.deliver(&Frame::Refusal { id: *id, why: Refusal::Late });
    };
    assert_eq!(tokio::join!(call, refuse).0, Err(CallError::Late));
}

#[tokio::test(start_paused = true)]
async fn what_is_served_ends_at_its_deadline_and_frees_its_place() {
    let (endpoint, wire) = connected();
    for id in 0..=SERVED_MAX as u64 {
        wire.deliver(&request(id, 0, "slow"));
    }
    let overloaded = Frame::Refusal { id: SERVED_MAX as u64, why: Refusal::Overloaded };
    assert_eq!(wire.sent().last(), Some(&overloaded));
    tokio::time::sleep(Duration::from_millis(400)).await;
    wire.sent();
    wire.deliver(&request(999, 400_000, "fast"));
    assert_eq!(wire.replies().await, [Frame::Reply { id: 999, body: "fast".into() }]);
    tokio::time::sleep(Duration::from_secs(1)).await;
    assert!(wire.sent().iter().all(|frame| matches!(frame, Frame::Ping { .. })), "no late reply");
    endpoint.close();
}

#[tokio::test(start_paused = true)]
async fn what_nobody_waits_for_ends_and_frees_its_place() {
    let (endpoint, wire) = connected();
    for id in 0..SERVED_MAX as u64 {
        wire.deliver(&request(id, 0, "slow"));
    }
    wire.replies().await;
    wire.deliver(&Frame::Cancel { id: 7 });
    wire.deliver(&Frame::Cancel { id: 7 });
    assert_eq!(wire.replies().await, []);
    wire.deliver(&request(999, 0, "fast"));
    assert_eq!(wire.replies().await, [Frame::Reply { id: 999, body: "fast".into() }]);
    wire.deliver(&Frame::Cancel { id: 999 });
    endpoint.close();
}

#[tokio::test(start_paused = true)]
async fn a_caller_that_stops_waiting_tells_the_peer_and_one_that_was_answered_does_not() {
    let (endpoint, wire) = connected();
    let id = b().id;
    let mut call = Box::pin(endpoint.call(&id, Bytes::new(), Duration::from_secs(1)));
    assert!((&mut call).now_or_never().is_none());
    let sent = wire.sent();
    let Some(Frame::Request { id: first, .. }) = sent.last() else { panic!("{sent:?}") };
    drop(call);
    assert_eq!(wire.sent(), [Frame::Cancel { id: *first }]);

    let call = endpoint.call(&id, Bytes::new(), Duration::from_secs(1));
    let answer = async {
        let sent = wire.sent();
        let Some(Frame::Request { id, .. }) = sent.last() else { panic!("{sent:?}") };
        wire.deliver(&Frame::Reply { id: *id, body: "done".into() });
    };
    assert_eq!(tokio::join!(call, answer).0, Ok("done".into()));
    assert!(!wire.sent().iter().any(|frame| matches!(frame, Frame::Cancel { .. })));
}

#[tokio::test(start_paused = true)]
async fn a_caller_that_gives_up_leaves_nothing_behind() {
    let (endpoint, _wire) = connected();
    let id = b().id;
    for _ in 0..2 * CALLS_IN_FLIGHT_MAX {
        let call = endpoint.call(&id, Bytes::new(), Duration::from_millis(1));
        assert_eq!(call.await, Err(CallError::TimedOut));
    }
}

#[tokio::test(start_paused = true)]
async fn a_closed_endpoint_loses_its_calls_and_hears_nothing() {
    let (endpoint, wire) = connected();
    let id = b().id;
    let call = endpoint.call(&id, Bytes::new(), Duration::from_secs(9));
    let close = async {
        tokio::task::yield_now().await;
        endpoint.close();
    };
    assert_eq!(tokio::join!(call, close).0, Err(CallError::Lost));
    wire.sent();
    wire.deliver(&request(1, 0, "unheard"));
    tokio::time::sleep(Duration::from_secs(5)).await;
    assert_eq!(wire.sent(), []);
}

#[tokio::test(start_paused = true)]
async fn random_frames_do_no_harm() {
    let (endpoint, wire) = connected();
    let mut state = 42_u64;
    for _ in 0..5000 {
        state = state.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1_442_695_040);
        let mut bytes = state.to_be_bytes().repeat(4);
        bytes.truncate((state >> 40) as usize % 33);
        if let Some(kind) = bytes.first_mut() {
            *kind %= 14;
        }
        wire.deliver_bytes(bytes.into());
    }
    assert!(endpoint.malformed() > 100);
    wire.sent();
    wire.deliver(&Frame::Ping { beat: 7, clock: 1 });
    let pong = Frame::Pong { beat: 7, clock: 1 };
    assert_eq!(wire.sent(), [pong]);
}

/// Calls that ask for an echo of 1 MiB until one is refused; none is answered.
async fn calls_until_full(endpoint: &Arc<Endpoint>) -> (usize, Vec<CallError>) {
    let page = Bytes::from(vec![0; 1 << 20]);
    let peer = b().id;
    let call = || endpoint.call(&peer, page.clone(), Duration::from_millis(10));
    let outcomes = futures_util::future::join_all((0..100).map(|_| call())).await;
    let errors: Vec<CallError> = outcomes.into_iter().filter_map(Result::err).collect();
    let sent = errors.iter().filter(|error| **error == CallError::TimedOut).count();
    (sent, errors)
}

#[tokio::test(start_paused = true)]
async fn bytes_that_a_peer_does_not_read_are_bounded_until_it_answers() {
    let (endpoint, wire) = connected();
    let (sent, errors) = calls_until_full(&endpoint).await;
    assert_eq!(sent, 63, "64 MiB, and each request has a head");
    assert_eq!(errors.iter().filter(|error| **error == CallError::Overloaded).count(), 37);
    assert!(endpoint.peers()[0].unread_bytes <= UNREAD_BYTES_MAX);
    // What the peer asks for now would only add to that.
    wire.sent();
    let ours = vec![0; 2 << 20];
    endpoint.paths()[&b().id].sent(ours.len());
    wire.deliver(&request(1, 0, "fast"));
    assert_eq!(wire.sent(), [Frame::Refusal { id: 1, why: Refusal::Overloaded }]);
    // A pong to a ping that came after it all.
    tokio::time::sleep(PING_EVERY).await;
    wire.answer_pings();
    assert!(endpoint.peers()[0].unread_bytes < 100, "{:?}", endpoint.peers());
    assert_eq!(calls_until_full(&endpoint).await.0, 63);
}

#[tokio::test(start_paused = true)]
async fn an_answered_call_says_that_its_bytes_were_read() {
    let (endpoint, wire) = connected();
    let page = Bytes::from(vec![0; 1 << 20]);
    let (peer, calls) = (b().id, Arc::clone(&endpoint));
    for _ in 0..200 {
        let call = calls.call(&peer, page.clone(), Duration::from_secs(1));
        let answer = async {
            for frame in wire.replies().await {
                if let Frame::Request { id, .. } = frame {
                    wire.deliver(&Frame::Reply { id, body: Bytes::new() });
                }
            }
        };
        assert_eq!(tokio::join!(call, answer).0, Ok(Bytes::new()));
    }
    assert!(endpoint.peers()[0].unread_bytes < 100);
}
