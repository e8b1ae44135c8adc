//! Streams: the caller against a peer that is the test, and the other way round.

use futures_util::{StreamExt as _, stream};

use super::{
    super::window::{Amount, Window},
    *,
};

/// The streams that the handler gives, and what became of them.
#[derive(Default)]
pub(super) struct Numbers {
    produced: AtomicU32,
    live: AtomicU32,
}

/// Counts a stream while it is there.
struct Live(Arc<Numbers>);

impl Drop for Live {
    fn drop(&mut self) {
        self.0.live.fetch_sub(1, Ordering::Relaxed);
    }
}

impl Numbers {
    /// `COUNT` numbers, and then as the second word says.
    pub(super) fn open(self: &Arc<Self>, body: &[u8]) -> BoxStream<'static, Bytes> {
        let text = std::str::from_utf8(body).unwrap();
        let (count, then) = text.split_once(' ').unwrap_or((text, ""));
        assert_ne!(then, "panic at once");
        self.live.fetch_add(1, Ordering::Relaxed);
        let (live, this) = (Live(Arc::clone(self)), Arc::clone(self));
        let numbers = stream::iter(0..count.parse::<u32>().unwrap()).map(move |number| {
            this.produced.fetch_add(1, Ordering::Relaxed);
            number.to_string().into()
        });
        let items = match then {
            "" => numbers.boxed(),
            "pages" => numbers.map(|_| page()).boxed(),
            "wait" => numbers.chain(stream::pending()).boxed(),
            "panic" => numbers.chain(stream::poll_fn(|_| panic!("as asked"))).boxed(),
            "too large" => numbers.chain(stream::iter([vec![0; 2 << 20].into()])).boxed(),
            _ => panic!("{text}"),
        };
        items.inspect(move |_| assert!(live.0.live() > 0)).boxed()
    }

    fn produced(&self) -> u32 {
        self.produced.load(Ordering::Relaxed)
    }

    fn live(&self) -> u32 {
        self.live.load(Ordering::Relaxed)
    }
}

fn page() -> Bytes {
    vec![b'x'; 1 << 20].into()
}

fn open(id: u64, body: &'static str) -> Frame {
    Frame::Open { id, clock: 0, timeout_ms: 300, window: Window::OURS, body: body.into() }
}

fn item(id: u64, number: u32) -> Frame {
    Frame::Item { id, body: number.to_string().into() }
}

fn credit(id: u64, items: u64, bytes: u64) -> Frame {
    Frame::Credit { id, taken: Amount { items, bytes } }
}

const CRASHED: Refusal = Refusal::Crashed;

impl Wire {
    /// What was sent of streams since the last time, once all that is ready at once has run.
    async fn of_streams(&self) -> Vec<Frame> {
        tokio::time::sleep(Duration::from_millis(1)).await;
        self.sent_of_streams()
    }

    /// What was sent of streams since the last time.
    fn sent_of_streams(&self) -> Vec<Frame> {
        let mut sent = self.sent();
        sent.retain(|frame| !matches!(frame, Frame::Ping { .. }));
        sent
    }

    /// The id of the stream that was asked for since the last time.
    fn asked(&self) -> u64 {
        let sent = self.sent();
        let Some(Frame::Open { id, window: Window::OURS, .. }) = sent.last() else {
            panic!("{sent:?}")
        };
        *id
    }
}

/// Opens a stream that begins at once.
async fn opened(endpoint: &Endpoint, wire: &Wire) -> (Incoming, u64) {
    let peer = b().id;
    let begin = async {
        let id = wire.asked();
        wire.deliver(&Frame::Opened { id });
        id
    };
    let (incoming, id) =
        tokio::join!(endpoint.open(&peer, Bytes::new(), Duration::from_secs(1)), begin);
    (incoming.unwrap(), id)
}

/// How many streams are read here, and served here.
fn tables(endpoint: &Endpoint) -> (usize, usize) {
    endpoint.peers().first().map_or((0, 0), |peer| (peer.streams_opened, peer.streams_served))
}

#[tokio::test(start_paused = true)]
async fn items_come_in_order_and_credit_goes_back_once_per_half_window() {
    let (endpoint, wire) = connected();
    let (mut incoming, id) = opened(&endpoint, &wire).await;
    (0..STREAM_ITEMS_MAX).for_each(|number| wire.deliver(&item(id, number)));
    for number in 0..STREAM_ITEMS_MAX {
        assert_eq!(incoming.next().await, Some(Ok(number.to_string().into())));
        let is_due = (number + 1) % (STREAM_ITEMS_MAX / 2) == 0;
        let credit = credit(id, 32, if number < 32 { 10 + 22 * 2 } else { 32 * 2 });
        let expected = if is_due { vec![credit] } else { Vec::new() };
        assert_eq!(wire.sent_of_streams(), expected, "after {number}");
    }
    wire.deliver(&item(id, 64));
    wire.deliver(&Frame::End { id });
    assert_eq!(tables(&endpoint), (0, 0));
    assert_eq!(incoming.next().await, Some(Ok("64".into())));
    assert_eq!(incoming.next().await, None);
    drop(incoming);
    assert_eq!(wire.sent_of_streams(), [], "there is nothing left to cancel");
}

#[tokio::test(start_paused = true)]
async fn large_items_give_their_credit_back_earlier() {
    let (endpoint, wire) = connected();
    let (mut incoming, id) = opened(&endpoint, &wire).await;
    for _ in 0..4 {
        wire.deliver(&Frame::Item { id, body: page() });
    }
    incoming.next().await.unwrap().unwrap();
    assert_eq!(wire.sent_of_streams(), []);
    incoming.next().await.unwrap().unwrap();
    assert_eq!(wire.sent_of_streams(), [credit(id, 2, 2 << 20)]);
}

#[tokio::test(start_paused = true)]
async fn a_dropped_stream_is_cancelled_once_and_its_late_items_are_dropped() {
    let (endpoint, wire) = connected();
    let (mut incoming, id) = opened(&endpoint, &wire).await;
    wire.deliver(&item(id, 0));
    incoming.next().await.unwrap().unwrap();
    drop(incoming);
    assert_eq!((wire.sent_of_streams(), tables(&endpoint)), (vec![Frame::Cancel { id }], (0, 0)));
    wire.deliver(&item(id, 1));
    wire.deliver(&Frame::End { id });
    assert_eq!(wire.sent_of_streams(), []);
}

#[tokio::test(start_paused = true)]
async fn an_item_without_credit_fails_the_stream() {
    let (endpoint, wire) = connected();
    let (incoming, id) = opened(&endpoint, &wire).await;
    (0..=STREAM_ITEMS_MAX).for_each(|number| wire.deliver(&item(id, number)));
    assert_eq!((wire.sent_of_streams(), tables(&endpoint)), (vec![Frame::Cancel { id }], (0, 0)));
    let items: Vec<_> = incoming.collect().await;
    assert_eq!(items.len(), STREAM_ITEMS_MAX as usize + 1);
    assert_eq!(items.last(), Some(&Err(CallError::Lost)));

    let (incoming, id) = opened(&endpoint, &wire).await;
    (0..5).for_each(|_| wire.deliver(&Frame::Item { id, body: page() }));
    let items: Vec<_> = incoming.collect().await;
    assert_eq!((items.len(), &items[4]), (5, &Err(CallError::Lost)), "four fill the bytes");
    assert_eq!(wire.sent_of_streams(), [Frame::Cancel { id }]);
}

#[tokio::test(start_paused = true)]
async fn a_lost_path_is_the_last_word_of_its_streams() {
    let (endpoint, wire) = connected();
    let (mut incoming, id) = opened(&endpoint, &wire).await;
    wire.deliver(&item(id, 0));
    let peer = b().id;
    let opening = endpoint.open(&peer, Bytes::new(), Duration::from_secs(1));
    let down = async {
        wire.asked();
        wire.sink().down(&peer, Down::Closed);
    };
    assert_eq!(tokio::join!(opening, down).0.unwrap_err(), CallError::Lost);
    assert_eq!(incoming.next().await, Some(Ok("0".into())));
    assert_eq!(incoming.next().await, Some(Err(CallError::Lost)));
    assert_eq!(incoming.next().await, None);
    drop(incoming);
    assert_eq!(wire.sent_of_streams(), [], "nobody is told on a path that is gone");
}

#[tokio::test(start_paused = true)]
async fn a_stream_that_is_not_sent_is_unavailable() {
    let (endpoint, wire) = just_up();
    let peer = b().id;
    let opening = endpoint.open(&peer, Bytes::new(), Duration::from_millis(300)).await;
    assert_eq!(opening.unwrap_err(), CallError::Unavailable);
    let opening = endpoint.open(&peer, Bytes::new(), Duration::from_secs(9));
    let down = async {
        tokio::task::yield_now().await;
        wire.sink().down(&peer, Down::Closed);
    };
    assert_eq!(tokio::join!(opening, down).0.unwrap_err(), CallError::Unavailable);
    assert!(wire.sent().iter().all(|frame| matches!(frame, Frame::Ping { .. })));
}

#[tokio::test(start_paused = true)]
async fn a_refused_stream_says_why() {
    let (endpoint, wire) = connected();
    let peer = b().id;
    for (why, error) in [
        (Refusal::Late, CallError::Late),
        (Refusal::Overloaded, CallError::Overloaded),
        (CRASHED, CallError::Lost),
    ] {
        let refuse = async { wire.deliver(&Frame::Refusal { id: wire.asked(), why }) };
        let opening = endpoint.open(&peer, Bytes::new(), Duration::from_secs(1));
        assert_eq!(tokio::join!(opening, refuse).0.unwrap_err(), error);
    }
    let (mut incoming, id) = opened(&endpoint, &wire).await;
    wire.deliver(&item(id, 0));
    wire.deliver(&Frame::Refusal { id, why: CRASHED });
    assert_eq!(incoming.next().await, Some(Ok("0".into())));
    assert_eq!(incoming.next().await, Some(Err(CallError::Lost)));
    assert_eq!(incoming.next().await, None);
    assert_eq!((wire.sent_of_streams(), tables(&endpoint)), (Vec::new(), (0, 0)));
}

#[tokio::test(start_paused = true)]
async fn a_peer_that_does_not_know_streams_lets_the_time_run_out() {
    let (endpoint, wire) = connected();
    let peer = b().id;
    let opening = endpoint.open(&peer, Bytes::new(), Duration::from_millis(300)).await;
    assert_eq!(opening.unwrap_err(), CallError::TimedOut);
    let sent = wire.of_streams().await;
    let [Frame::Open { id, .. }, Frame::Cancel { id: cancelled }] = sent[..] else {
        panic!("{sent:?}")
    };
    assert_eq!((cancelled, tables(&endpoint)), (id, (0, 0)));
}

#[tokio::test(start_paused = true)]
async fn streams_are_bounded_apart_from_calls() {
    let (endpoint, wire) = connected();
    let mut incoming = Vec::new();
    for _ in 0..STREAMS_OPENED_MAX {
        incoming.push(opened(&endpoint, &wire).await.0);
    }
    let peer = b().id;
    let opening = endpoint.open(&peer, Bytes::new(), Duration::from_secs(1)).await;
    assert_eq!(opening.unwrap_err(), CallError::Overloaded);
    let call = endpoint.call(&peer, Bytes::new(), Duration::from_millis(1)).await;
    assert_eq!(call, Err(CallError::TimedOut), "it was sent");
    endpoint.close();
    for mut each in incoming {
        assert_eq!(each.next().await, Some(Err(CallError::Lost)));
    }
}

#[tokio::test(start_paused = true)]
async fn a_stream_is_served_as_far_as_there_is_credit() {
    let (endpoint, wire) = connected();
    wire.deliver(&open(7, "100"));
    assert_eq!(wire.sent_of_streams(), [], "it has not run in the delivery");
    let first: Vec<Frame> = [Frame::Opened { id: 7 }]
        .into_iter()
        .chain((0..64).map(|number| item(7, number)))
        .collect();
    assert_eq!(wire.of_streams().await, first);
    assert_eq!(wire.numbers.produced(), 65, "one waits for its credit");
    wire.deliver(&credit(7, 1, 1));
    assert_eq!(wire.of_streams().await, [item(7, 64)]);
    // More than was sent counts for nothing.
    wire.deliver(&credit(7, u32::MAX.into(), u64::MAX));
    let mut rest: Vec<Frame> = (65..100).map(|number| item(7, number)).collect();
    rest.push(Frame::End { id: 7 });
    assert_eq!(wire.of_streams().await, rest);
    assert_eq!((tables(&endpoint), wire.numbers.live()), ((0, 0), 0));
}

#[tokio::test(start_paused = true)]
async fn pages_are_served_as_far_as_there_is_room_for_their_bytes() {
    let (_endpoint, wire) = connected();
    wire.deliver(&open(7, "20 pages"));
    assert_eq!(wire.of_streams().await.len(), 1 + 4);
    assert_eq!(wire.numbers.produced(), 5);
    wire.deliver(&credit(7, 2, 2 << 20));
    assert_eq!(wire.of_streams().await.len(), 2);
}

#[tokio::test(start_paused = true)]
async fn however_much_a_reader_has_room_for_there_is_a_bound() {
    let (_endpoint, wire) = connected();
    let body = Bytes::from_static(b"2000");
    let window = Window { items: u32::MAX, bytes: u32::MAX };
    wire.deliver(&Frame::Open { id: 1, clock: 0, timeout_ms: 300, window, body: body.clone() });
    assert_eq!(wire.of_streams().await.len(), 1 + 1024);
    let window = Window { items: 0, bytes: 0 };
    wire.deliver(&Frame::Open { id: 2, clock: 0, timeout_ms: 300, window, body });
    assert_eq!(wire.of_streams().await, [Frame::Opened { id: 2 }]);
}

#[tokio::test(start_paused = true)]
async fn what_nobody_reads_any_more_ends_at_once() {
    let (endpoint, wire) = connected();
    wire.deliver(&open(1, "1 wait"));
    wire.deliver(&open(2, "0 wait"));
    wire.deliver(&open(3, "100"));
    wire.of_streams().await;
    assert_eq!((tables(&endpoint), wire.numbers.live()), ((0, 3), 3));
    for (id, left) in [(1, 2), (2, 1), (3, 0)] {
        wire.deliver(&Frame::Cancel { id });
        assert_eq!((wire.of_streams().await, wire.numbers.live()), (Vec::new(), left));
    }
    wire.deliver(&open(4, "1 wait"));
    wire.of_streams().await;
    wire.sink().down(&b().id, Down::Closed);
    assert_eq!((wire.of_streams().await, wire.numbers.live()), (Vec::new(), 0), "path down");
    wire.sink().up(&b());
    wire.deliver(&open(5, "1 wait"));
    wire.of_streams().await;
    endpoint.close();
    assert_eq!((wire.of_streams().await, wire.numbers.live()), (Vec::new(), 0), "endpoint closed");
}

#[tokio::test(start_paused = true)]
async fn the_deadline_of_a_stream_ends_with_its_first_item() {
    let (endpoint, wire) = connected();
    wire.deliver(&open(1, "1 wait"));
    wire.deliver(&open(2, "0 wait"));
    tokio::time::sleep(Duration::from_millis(400)).await;
    assert_eq!((tables(&endpoint), wire.numbers.live()), ((0, 1), 1));
    assert_eq!(wire.of_streams().await, [Frame::Opened { id: 1 }, item(1, 0)]);
    let body = Bytes::from_static(b"1");
    let clock = 401_000;
    wire.deliver(&Frame::Open { id: 3, clock, timeout_ms: 300, window: Window::OURS, body });
    // The clock goes on before any task runs, as in a freeze.
    assert_eq!(tokio::time::advance(Duration::from_millis(301)).now_or_never(), None);
    let late = Frame::Refusal { id: 3, why: Refusal::Late };
    assert_eq!(wire.of_streams().await, [late]);
    wire.deliver(&open(4, "1"));
    assert_eq!(wire.of_streams().await, [Frame::Refusal { id: 4, why: Refusal::Late }]);
    assert_eq!(endpoint.late_refused(), 2);
}

#[tokio::test(start_paused = true)]
async fn a_stream_that_breaks_says_so_after_its_items() {
    let (endpoint, wire) = connected();
    let opened = Frame::Opened { id: 1 };
    let crashed = Frame::Refusal { id: 1, why: CRASHED };
    wire.deliver(&open(1, "1 panic"));
    assert_eq!(wire.of_streams().await, [opened.clone(), item(1, 0), crashed.clone()]);
    wire.deliver(&open(1, "1 too large"));
    assert_eq!(wire.of_streams().await, [opened, item(1, 0), crashed.clone()]);
    wire.deliver(&open(1, "1 panic at once"));
    assert_eq!(wire.of_streams().await, [crashed]);
    assert_eq!((tables(&endpoint), wire.numbers.live()), ((0, 0), 0));
}

#[tokio::test(start_paused = true)]
async fn served_streams_are_bounded_apart_from_requests() {
    let (endpoint, wire) = connected();
    let last = STREAMS_SERVED_MAX as u64;
    for id in 0..=last {
        wire.deliver(&open(id, "0 wait"));
    }
    let overloaded = Frame::Refusal { id: last, why: Refusal::Overloaded };
    assert_eq!(wire.of_streams().await, [overloaded]);
    wire.deliver(&open(0, "0 wait"));
    assert_eq!(endpoint.malformed(), 1, "an id that is in use");
    wire.deliver(&request(1000, 0, "fast"));
    let reply = Frame::Reply { id: 1000, body: "fast".into() };
    assert_eq!(wire.of_streams().await, [reply]);
    wire.deliver(&Frame::Cancel { id: 5 });
    wire.deliver(&open(1005, "0"));
    assert_eq!(wire.of_streams().await, [Frame::Opened { id: 1005 }, Frame::End { id: 1005 }]);
}
