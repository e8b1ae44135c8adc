//! The checks that hold on every network.

use std::time::Duration;

use arsenal_cluster::{
    endpoint::{CALLS_IN_FLIGHT_MAX, SUSPECT_AFTER, UNREAD_BYTES_MAX},
    network::{DATAGRAM_BYTES_MAX, DialError, Down, Network as _, PeerId},
};
use arsenal_core::membership::{CallError, Ran};
use bytes::Bytes;
use futures_util::future::join_all;
use tokio::time::{Instant, sleep};

use super::{
    node::Event,
    world::{SOON, World},
};

const MOMENT: Duration = Duration::from_millis(300);

pub(crate) async fn calls(world: &impl World) {
    assert_eq!(world.call("echo hello", SOON).await.as_deref(), Ok(&b"hello"[..]));
    assert_eq!(world.ask("fail").await, "failed as asked", "a failure is an answer");
    let slow = world.call("sleep 2000", MOMENT).await.unwrap_err();
    assert_eq!((slow, slow.ran()), (CallError::TimedOut, Ran::Unknown));
    let nobody: PeerId = "nobody#1".parse().unwrap();
    let unknown = world.a().endpoint.call(&nobody, Bytes::new(), SOON).await.unwrap_err();
    assert_eq!((unknown, unknown.ran()), (CallError::Unavailable, Ran::No));
    let crashed = world.call("panic", SOON).await.unwrap_err();
    assert_eq!((crashed, crashed.ran()), (CallError::Lost, Ran::Unknown));
    assert_eq!(world.ask("echo on").await, "on", "a panic does no harm to the path");
    let begun = Instant::now();
    while world.a().endpoint.peers()[0].rtt.is_none() {
        assert!(begun.elapsed() < SOON, "no pong");
        sleep(Duration::from_millis(10)).await;
    }
    assert_eq!(world.a().log.events(), [Event::Up(world.b().clone())]);
}

pub(crate) async fn many_calls(world: &impl World) {
    for round in 0..5 {
        let calls = (0..200).map(|number| async move {
            let text = format!("{round}/{number}");
            assert_eq!(world.ask(&format!("echo {text}")).await, text);
        });
        join_all(calls).await;
    }
}

/// Some arrive, whole, from the address of their sender. Some may get lost, so each is sent again.
pub(crate) async fn datagrams(world: &impl World) {
    let a = world.a().network.me().address;
    let begun = Instant::now();
    while world.a().log.datagrams().is_empty() {
        assert!(begun.elapsed() < SOON, "no datagram arrives");
        world.ask(&format!("datagram {a} gossip")).await;
        sleep(Duration::from_millis(10)).await;
    }
    let expected = (world.wanted_b().address, Bytes::from_static(b"gossip"));
    assert!(world.a().log.datagrams().iter().all(|datagram| *datagram == expected));
    let largest = "x".repeat(DATAGRAM_BYTES_MAX);
    world.a().network.datagram(world.wanted_b().address, format!("{largest}x").as_bytes());
    while !world.a().log.datagrams().iter().any(|(_, bytes)| *bytes == largest) {
        assert!(begun.elapsed() < SOON, "the largest datagram does not arrive");
        world.ask(&format!("datagram {a} {largest}")).await;
        sleep(Duration::from_millis(10)).await;
    }
    assert_eq!(world.a().log.events(), [Event::Up(world.b().clone())], "no path is concerned");
}

pub(crate) async fn bounded(world: &impl World) {
    let calls = join_all((0..300).map(|_| world.call("sleep 300", SOON))).await;
    let slept = calls.iter().filter(|call| call.is_ok()).count();
    let refused = calls.iter().filter(|call| **call == Err(CallError::Overloaded)).count();
    assert_eq!((slept, refused), (CALLS_IN_FLIGHT_MAX, 44));
    // A caller that gives up leaves no call behind, but what it asked for may still run there.
    join_all((0..256).map(|_| world.call("sleep 200", Duration::from_millis(50)))).await;
    sleep(Duration::from_millis(100)).await;
    let again = join_all((0..256).map(|_| world.call("echo", SOON))).await;
    assert!(again.iter().all(Result::is_ok), "{again:?}");
}

pub(crate) async fn sizes(world: &impl World) {
    assert_eq!(world.call("page 1048576", SOON).await.unwrap().len(), 1 << 20);
    let large = format!("echo {}", "x".repeat(3 << 20));
    assert_eq!(world.call(&large, SOON).await, Err(CallError::TooLarge));
    assert_eq!(world.ask("page 3000000").await, "too large", "it ran, so it is no call error");
    assert_eq!(world.ask("echo on").await, "on");
    assert_eq!(world.a().log.events(), [Event::Up(world.b().clone())], "the path survives");
}

pub(crate) async fn reset(world: &impl World) {
    let waiting = world.call("sleep 5000", SOON);
    let cut = async {
        sleep(Duration::from_millis(100)).await;
        world.a().network.reset(world.b());
        world.call("echo", SOON).await
    };
    let begun = Instant::now();
    let (waiting, refused) = tokio::join!(waiting, cut);
    assert_eq!(refused, Err(CallError::Unavailable));
    assert_eq!(waiting, Err(CallError::Lost));
    assert!(begun.elapsed() < Duration::from_secs(1), "{:?}", begun.elapsed());
    world.a().log.wait(&Event::Up(world.b().clone()), 2, SOON).await;
    world.answering(MOMENT).await;
    let b = world.b().clone();
    assert_eq!(
        world.a().log.events()[..3],
        [Event::Up(b.clone()), Event::Down(b.clone(), Down::Reset), Event::Up(b)]
    );
}

pub(crate) async fn old_frames(world: &impl World) {
    let payload = "x".repeat(16 << 10);
    for round in 1..=12 {
        let mark = format!("mark {round} {payload}");
        let sent = join_all((0..100).map(|_| world.call(&mark, Duration::from_secs(1))));
        let cut = async {
            tokio::task::yield_now().await;
            world.a().network.reset(world.b());
        };
        tokio::join!(sent, cut);
        world.a().log.wait(&Event::Up(world.b().clone()), round + 1, SOON).await;
    }
    world.answering(SOON).await;
    // One more, so that there are marks even if every reset was faster than its frames.
    world.ask("mark 100").await;
    let marks = world.ask("marks").await;
    let (seen, old) = marks.split_once(' ').unwrap();
    assert_ne!(seen, "0");
    assert_eq!(old, "0", "of {seen} frames");
}

pub(crate) async fn unwanted(world: &impl World) {
    world.a().network_want(Vec::new());
    let b = world.b().clone();
    world.a().log.wait(&Event::Down(b.clone(), Down::Unwanted), 1, SOON).await;
    world.a().log.wait(&Event::Up(b), 2, SOON).await;
    world.answering(MOMENT).await;
}

pub(crate) async fn stale(world: &mut impl World) {
    assert_eq!(world.ask("run").await, "ran");
    world.freeze_b();
    let begun = Instant::now();
    assert_eq!(world.call("run", MOMENT).await, Err(CallError::TimedOut));
    sleep(Duration::from_secs(1).saturating_sub(begun.elapsed())).await;
    world.thaw_b();
    assert_eq!(world.ask("executed").await, "1", "only the one before the freeze");
    assert_eq!(world.ask("late").await, "1");
    assert_eq!(world.a().log.events(), [Event::Up(world.b().clone())], "one second is no loss");
}

pub(crate) async fn frozen(world: &mut impl World) {
    let b = world.b().clone();
    world.freeze_b();
    let begun = Instant::now();
    let suspect = async {
        while world.a().endpoint.peers().iter().all(|peer| peer.missed <= SUSPECT_AFTER) {
            sleep(Duration::from_millis(10)).await;
        }
        begun.elapsed()
    };
    assert!(suspect.await < Duration::from_secs(2));
    let reset = Event::Down(b.clone(), Down::Reset);
    world.a().log.wait(&reset, 1, Duration::from_secs(3).saturating_sub(begun.elapsed())).await;
    assert_eq!(world.call("echo", SOON).await, Err(CallError::Unavailable));
    sleep(Duration::from_secs(4).saturating_sub(begun.elapsed())).await;
    world.thaw_b();
    let thawed = Instant::now();
    world.a().log.wait(&Event::Up(b), 2, Duration::from_secs(1)).await;
    world.answering(Duration::from_secs(1).saturating_sub(thawed.elapsed())).await;
}

pub(crate) async fn killed(world: &mut impl World) {
    let b = world.b().clone();
    world.kill_b();
    world.a().log.wait(&Event::Down(b, Down::Closed), 1, Duration::from_secs(1)).await;
    assert_eq!(world.call("echo", SOON).await, Err(CallError::Unavailable));
    assert!(world.a().network.violations().is_empty());
}

pub(crate) async fn restarted(world: &mut impl World) {
    let old = world.b().clone();
    world.kill_b();
    world.restart_b();
    let new = world.b().clone();
    assert_eq!(new.name, old.name);
    assert!(new.generation > old.generation);
    world.a().log.wait(&Event::Up(new.clone()), 1, SOON).await;
    world.answering(MOMENT).await;
    assert_eq!(
        world.a().log.events(),
        [Event::Up(old.clone()), Event::Down(old, Down::Closed), Event::Up(new)]
    );
}

/// Longer than the pause of the side that dials second, and one handshake.
const DIALLED: Duration = Duration::from_secs(12);

pub(crate) async fn attempts(world: &mut impl World) {
    assert_eq!(world.a().network.attempts(), [], "a path is up");
    world.freeze_b();
    world.a().network.reset(world.b());
    world.attempt(&DialError::HandshakeTimedOut, DIALLED).await;
    world.thaw_b();
    world.a().log.wait(&Event::Up(world.b().clone()), 2, SOON).await;
    assert_eq!(world.a().network.attempts(), []);
    world.kill_b();
    let refused = DialError::Connect(std::io::ErrorKind::ConnectionRefused);
    world.attempt(&refused, DIALLED).await;
    sleep(Duration::from_secs(2)).await;
    let attempt = world.a().network.attempts().remove(0);
    assert!(attempt.count >= 2 && attempt.next_try_in < Duration::from_secs(8), "{attempt:?}");
}

/// A frozen peer makes this node hold a bounded number of bytes; each call has its error, and those that
/// did not fit did not run.
pub(crate) async fn frozen_bytes(world: &mut impl World) {
    let page = format!("run {}", "x".repeat(1_000_000));
    world.freeze_b();
    let mut refused = 0;
    let begun = Instant::now();
    while begun.elapsed() < Duration::from_millis(1_500) {
        for outcome in join_all((0..50).map(|_| world.call(&page, MOMENT))).await {
            match outcome {
                Err(CallError::Overloaded) => refused += 1,
                Err(CallError::TimedOut) => {}
                other => panic!("{other:?}"),
            }
        }
        let unread = world.a().endpoint.peers()[0].unread_bytes;
        assert!(unread <= UNREAD_BYTES_MAX + 1_000, "{unread}");
        sleep(Duration::from_millis(50)).await;
    }
    assert!(refused > 100, "{refused}");
    world.thaw_b();
    world.answering(SOON).await;
    let late: usize = world.ask("late").await.parse().unwrap();
    let executed: usize = world.ask("executed").await.parse().unwrap();
    let sent = usize::try_from(UNREAD_BYTES_MAX).unwrap() / page.len();
    assert!(late + executed <= sent + 1, "{late} late, {executed} executed of {sent}");
    assert_eq!(world.call(&page, SOON).await.as_deref(), Ok(&b"ran"[..]), "there is room again");
}
