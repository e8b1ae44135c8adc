//! A small node: it answers the calls of the checks, and keeps what happened to its peers.

use std::{
    net::SocketAddr,
    sync::{Arc, Mutex, OnceLock, Weak},
    time::Duration,
};

use arsenal_cluster::{
    Uptime,
    endpoint::{Endpoint, Handler},
    network::{Down, Network, Peer, PeerId, WantedPeer},
};
use bytes::Bytes;
use futures_util::{
    FutureExt as _, StreamExt as _,
    future::BoxFuture,
    stream::{self, BoxStream},
};
use tokio::time::{sleep, timeout};

use super::tap::Tap;

#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) enum Event {
    Up(PeerId),
    Down(PeerId, Down),
    /// A newcomer was refused for another start of its node.
    Refused(PeerId, PeerId),
    /// A peer refused this node for another start of it.
    NameHeld(PeerId),
}

pub(crate) struct TestNode {
    pub(crate) network: Arc<Tap>,
    pub(crate) endpoint: Arc<Endpoint>,
    pub(crate) log: Arc<Log>,
}

/// What happened, in order.
#[derive(Default)]
pub(crate) struct Log {
    events: Mutex<Vec<Event>>,
    executed: Mutex<u64>,
    /// Streams that are there, and items that they gave.
    streams: Mutex<usize>,
    produced: Mutex<u64>,
    marks: Mutex<Marks>,
    endpoint: OnceLock<Weak<Endpoint>>,
    tap: OnceLock<Arc<Tap>>,
    datagrams: Mutex<Vec<(SocketAddr, Bytes)>>,
}

/// Which path a marked request was sent on, as its sender counts them.
#[derive(Default)]
struct Marks {
    /// The newest path seen before the last `up`.
    before_up: u64,
    newest: u64,
    seen: u64,
    old: u64,
}

impl TestNode {
    pub(crate) fn start(network: Arc<dyn Network>) -> Self {
        let network = Tap::new(network);
        let log = Arc::<Log>::default();
        let endpoint = Endpoint::start(
            Arc::<Tap>::clone(&network),
            Arc::new(Answers { log: Arc::clone(&log) }),
            Uptime::of_runtime(),
        );
        assert!(log.endpoint.set(Arc::downgrade(&endpoint)).is_ok());
        assert!(log.tap.set(Arc::clone(&network)).is_ok());
        Self { network, endpoint, log }
    }
}

impl Log {
    pub(crate) fn events(&self) -> Vec<Event> {
        self.events.lock().unwrap().clone()
    }

    /// Whoever is refused comes again and again.
    fn note_once(&self, event: Event) {
        let mut events = self.events.lock().unwrap();
        if !events.contains(&event) {
            events.push(event);
        }
    }

    pub(crate) fn datagrams(&self) -> Vec<(SocketAddr, Bytes)> {
        self.datagrams.lock().unwrap().clone()
    }

    /// Waits until this event came, as the n-th of its kind; panics with what came instead.
    pub(crate) async fn wait(&self, event: &Event, count: usize, within: Duration) {
        let came = async {
            while self.events().iter().filter(|other| *other == event).count() < count {
                sleep(Duration::from_millis(5)).await;
            }
        };
        let is_there = timeout(within, came).await.is_ok();
        assert!(is_there, "no {event:?} ({count}) within {within:?}: {:?}", self.events());
    }
}

/// Counts a stream while it is there.
struct Live(Arc<Log>);

impl Live {
    fn new(log: &Arc<Log>) -> Self {
        *log.streams.lock().unwrap() += 1;
        Self(Arc::clone(log))
    }
    fn produced(&self) {
        *self.0.produced.lock().unwrap() += 1;
    }
}

impl Drop for Live {
    fn drop(&mut self) {
        *self.0.streams.lock().unwrap() -= 1;
    }
}

struct Answers {
    log: Arc<Log>,
}

impl Answers {
    /// The commands of the checks.
    fn answer(&self, command: &str, argument: &str) -> BoxFuture<'static, Bytes> {
        let log = Arc::clone(&self.log);
        let text = match command {
            "echo" => argument.to_owned(),
            "fail" => String::from("failed as asked"),
            "page" => "x".repeat(argument.parse().unwrap()),
            "panic" => panic!("as asked"),
            "sleep" => {
                let time = Duration::from_millis(argument.parse().unwrap());
                return sleep(time).map(|()| Bytes::from_static(b"slept")).boxed();
            }
            "run" => {
                *log.executed.lock().unwrap() += 1;
                String::from("ran")
            }
            "executed" => log.executed.lock().unwrap().to_string(),
            "late" => {
                log.endpoint.get().and_then(Weak::upgrade).unwrap().late_refused().to_string()
            }
            "mark" => {
                log.marks.lock().unwrap().mark(argument.split(' ').next().unwrap());
                String::new()
            }
            "marks" => {
                let marks = log.marks.lock().unwrap();
                format!("{} {}", marks.seen, marks.old)
            }
            "streams" => log.streams.lock().unwrap().to_string(),
            "produced" => log.produced.lock().unwrap().to_string(),
            "places" => log.endpoint.get().and_then(Weak::upgrade).unwrap().peers()[0]
                .streams_served
                .to_string(),
            "datagram" => {
                let (to, text) = argument.split_once(' ').unwrap();
                log.tap.get().unwrap().datagram(to.parse().unwrap(), text.as_bytes());
                String::new()
            }
            "violations" => log.tap.get().unwrap().violations().join("; "),
            "refused" => {
                let refused = log.tap.get().unwrap().refusals().connections;
                format!("{} {}", refused.other_secret, refused.unproved)
            }
            "want" => {
                let address = argument.parse().unwrap();
                log.tap.get().unwrap().want(vec![WantedPeer { address, id: None }]);
                String::new()
            }
            _ => format!("unknown command {command}"),
        };
        std::future::ready(text.into()).boxed()
    }
}

impl Answers {
    /// The streams of the checks: so many items, and then what the command says.
    fn stream(&self, command: &str, count: u64) -> BoxStream<'static, Bytes> {
        let items = stream::iter(0..count).map(|number| Bytes::from(number.to_string()));
        let items = match command {
            "numbers" => items.boxed(),
            "pages" => items.map(|_| "x".repeat(1 << 20).into()).boxed(),
            "wait" => items.chain(stream::pending()).boxed(),
            "panic" => items.chain(stream::poll_fn(|_| panic!("as asked"))).boxed(),
            "too_large" => items.chain(stream::iter(["x".repeat(3 << 20).into()])).boxed(),
            _ => panic!("unknown stream {command}"),
        };
        let live = Live::new(&self.log);
        items.inspect(move |_| live.produced()).boxed()
    }
}

impl Marks {
    fn mark(&mut self, path: &str) {
        let path = path.parse().unwrap();
        self.seen += 1;
        self.newest = self.newest.max(path);
        if path <= self.before_up {
            self.old += 1;
        }
    }
}

impl Handler for Answers {
    fn call(&self, _: &PeerId, body: Bytes, _: Duration) -> BoxFuture<'static, Bytes> {
        let text = String::from_utf8(body.into()).unwrap();
        let (command, argument) = text.split_once(' ').unwrap_or((&text, ""));
        self.answer(command, argument)
    }
    fn open(&self, _: &PeerId, body: Bytes, _: Duration) -> BoxStream<'static, Bytes> {
        let text = std::str::from_utf8(&body).unwrap();
        let (command, count) = text.split_once(' ').unwrap();
        self.stream(command, count.parse().unwrap())
    }
    fn reply_too_large(&self) -> Bytes {
        Bytes::from_static(b"too large")
    }
    fn up(&self, peer: &Peer) {
        let mut marks = self.log.marks.lock().unwrap();
        marks.before_up = marks.newest;
        drop(marks);
        self.log.events.lock().unwrap().push(Event::Up(peer.id.clone()));
    }
    fn down(&self, peer: &PeerId, why: Down) {
        self.log.events.lock().unwrap().push(Event::Down(peer.clone(), why));
    }
    fn datagram(&self, from: SocketAddr, bytes: Bytes) {
        self.log.datagrams.lock().unwrap().push((from, bytes));
    }
    fn refused(&self, newcomer: &PeerId, holder: &PeerId) {
        self.log.note_once(Event::Refused(newcomer.clone(), holder.clone()));
    }
    fn name_held(&self, holder: &PeerId) {
        self.log.note_once(Event::NameHeld(holder.clone()));
    }
}
