//! The checks of streams that hold on every network.

use std::time::Duration;

use arsenal_cluster::{
    endpoint::{STREAM_ITEMS_MAX, STREAMS_OPENED_MAX},
    network::{Network as _, PeerId},
};
use arsenal_core::membership::CallError;
use bytes::Bytes;
use futures_util::{StreamExt as _, future::join_all};
use tokio::time::{Instant, sleep, timeout};

use super::{
    node::Event,
    world::{SOON, World},
};

const WINDOW: u64 = STREAM_ITEMS_MAX as u64;

/// The first items of the streams of numbers.
fn numbers(count: u64) -> Vec<Result<Bytes, CallError>> {
    (0..count).map(|number| Ok(number.to_string().into())).collect()
}

pub(crate) async fn streams(world: &impl World) {
    let items: Vec<_> = world.open("numbers 5000", SOON).await.unwrap().collect().await;
    assert!(items == numbers(5000), "{} items, out of order", items.len());
    let items: Vec<_> = world.open("numbers 0", SOON).await.unwrap().collect().await;
    assert_eq!(items, []);
    for broken in ["panic 100", "too_large 100"] {
        let mut items: Vec<_> = world.open(broken, SOON).await.unwrap().collect().await;
        assert_eq!(items.pop(), Some(Err(CallError::Lost)), "{broken}");
        assert_eq!(items, numbers(100), "{broken}");
    }
    let crashed = world.open("unknown 1", SOON).await.unwrap_err();
    assert_eq!(crashed, CallError::Lost);
    let late = world.open("wait 0", Duration::from_millis(300)).await.unwrap_err();
    assert_eq!(late, CallError::TimedOut);
    let nobody: PeerId = "nobody#1".parse().unwrap();
    let unknown = world.a().endpoint.open(&nobody, Bytes::new(), SOON).await.unwrap_err();
    assert_eq!(unknown, CallError::Unavailable);
    let large = format!("numbers {}", "1".repeat(3 << 20));
    assert_eq!(world.open(&large, SOON).await.unwrap_err(), CallError::TooLarge);
    world.no_streams().await;
    assert_eq!(world.a().log.events(), [Event::Up(world.b().clone())], "the path survives");
}

pub(crate) async fn dropped(world: &impl World) {
    for body in ["wait 1", "numbers 1000000"] {
        let mut incoming = world.open(body, SOON).await.unwrap();
        assert_eq!(incoming.next().await, Some(Ok("0".into())));
        assert_eq!(world.ask("streams").await, "1");
        let begun = Instant::now();
        drop(incoming);
        world.no_streams().await;
        println!("`{body}` ended {:?} after it was dropped", begun.elapsed());
    }
    // One that is given up before it begins.
    let opening = timeout(Duration::from_millis(50), world.open("wait 0", SOON)).await;
    assert!(opening.is_err());
    world.no_streams().await;
    let all = join_all((0..32).map(|_| world.open("numbers 1000", SOON))).await;
    assert!(all.iter().all(Result::is_ok));
    drop(all);
    world.no_streams().await;
}

pub(crate) async fn slow_reader(world: &impl World) {
    let mut incoming = world.open("numbers 1000", SOON).await.unwrap();
    let stands_at = async |expected: u64| {
        let begun = Instant::now();
        while world.ask("produced").await != expected.to_string() {
            assert!(begun.elapsed() < SOON, "{} produced", world.ask("produced").await);
            sleep(Duration::from_millis(5)).await;
        }
        sleep(Duration::from_millis(200)).await;
        assert_eq!(world.ask("produced").await, expected.to_string(), "and no further");
    };
    // One item more than there is room for: it waits there.
    stands_at(WINDOW + 1).await;
    for number in 0..WINDOW / 2 {
        assert_eq!(incoming.next().await, Some(Ok(number.to_string().into())));
    }
    stands_at(WINDOW + WINDOW / 2 + 1).await;
    let rest: Vec<_> = incoming.collect().await;
    assert_eq!(rest, numbers(1000)[32..]);
    // Of large items fewer are on their way: four pages fill the bytes.
    let mut pages = world.open("pages 100", SOON).await.unwrap();
    stands_at(1000 + 4 + 1).await;
    assert_eq!(pages.next().await.unwrap().unwrap().len(), 1 << 20);
    drop(pages);
    world.no_streams().await;
}

pub(crate) async fn pages_and_calls(world: &impl World) {
    let begun = Instant::now();
    let reading = async {
        let mut pages = world.open("pages 20", SOON).await.unwrap();
        let mut count = 0;
        while let Some(page) = pages.next().await {
            assert_eq!(page.unwrap().len(), 1 << 20);
            count += 1;
        }
        (count, begun.elapsed())
    };
    let calling = async {
        let mut slowest = Duration::ZERO;
        for _ in 0..50 {
            let begun = Instant::now();
            assert_eq!(world.ask("echo on").await, "on");
            slowest = slowest.max(begun.elapsed());
        }
        slowest
    };
    let ((count, took), slowest) = tokio::join!(reading, calling);
    println!("20 pages of 1 MiB in {took:?}; slowest call meanwhile {slowest:?}");
    assert_eq!(count, 20);
    assert!(slowest < Duration::from_secs(1), "{slowest:?}");
    world.no_streams().await;
}

pub(crate) async fn bounded(world: &impl World) {
    let opening = join_all((0..80).map(|_| world.open("wait 1", SOON))).await;
    let refused = opening.iter().filter_map(|each| each.as_ref().err()).collect::<Vec<_>>();
    assert_eq!(refused, [&CallError::Overloaded; 16]);
    assert_eq!(world.ask("streams").await, STREAMS_OPENED_MAX.to_string());
    let calls = join_all((0..256).map(|_| world.call("echo", SOON))).await;
    assert!(calls.iter().all(Result::is_ok), "streams take no place of calls");
    drop(opening);
    world.no_streams().await;
    // What was dropped just now still has its place there, until the word of it arrives.
    let again = join_all((0..STREAMS_OPENED_MAX).map(|_| world.open("wait 1", SOON))).await;
    drop(again);
    let again = join_all((0..STREAMS_OPENED_MAX).map(|_| world.open("wait 1", SOON))).await;
    assert!(again.iter().all(Result::is_ok), "the word of it comes first: the path keeps order");
    drop(again);
    world.no_streams().await;
}

pub(crate) async fn reset(world: &impl World) {
    let mut incoming = world.open("wait 3", SOON).await.unwrap();
    assert_eq!(incoming.next().await, Some(Ok("0".into())));
    let opening = world.open("wait 0", SOON);
    let cut = async {
        sleep(Duration::from_millis(100)).await;
        world.a().network.reset(world.b());
    };
    assert_eq!(tokio::join!(opening, cut).0.unwrap_err(), CallError::Lost);
    let rest: Vec<_> = incoming.collect().await;
    assert_eq!(rest, [Ok("1".into()), Ok("2".into()), Err(CallError::Lost)]);
    world.a().log.wait(&Event::Up(world.b().clone()), 2, SOON).await;
    world.answering(SOON).await;
    world.no_streams().await;
    let items: Vec<_> = world.open("numbers 100", SOON).await.unwrap().collect().await;
    assert_eq!(items, numbers(100), "nothing of the old path");
}

pub(crate) async fn frozen(world: &mut impl World) {
    let mut incoming = world.open("wait 1", SOON).await.unwrap();
    incoming.next().await.unwrap().unwrap();
    world.freeze_b();
    let begun = Instant::now();
    let last = timeout(Duration::from_secs(4), incoming.next()).await.expect("it is lost in time");
    assert_eq!((last, incoming.next().await), (Some(Err(CallError::Lost)), None));
    println!("lost {:?} after the freeze", begun.elapsed());
    world.thaw_b();
    world.a().log.wait(&Event::Up(world.b().clone()), 2, SOON).await;
    world.answering(SOON).await;
    world.no_streams().await;
}

pub(crate) async fn killed(world: &mut impl World) {
    let mut incoming = world.open("wait 1", SOON).await.unwrap();
    incoming.next().await.unwrap().unwrap();
    let begun = Instant::now();
    world.kill_b();
    let last = timeout(Duration::from_secs(1), incoming.next()).await.expect("it is lost at once");
    assert_eq!((last, incoming.next().await), (Some(Err(CallError::Lost)), None));
    println!("lost {:?} after the kill", begun.elapsed());
    assert!(world.a().endpoint.peers().is_empty());
    assert!(world.a().network.violations().is_empty());
}
