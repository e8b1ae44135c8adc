//! How long a node takes to rank 100,000 actors, and whether its runtime goes on meanwhile.

use std::{
    sync::{
        Arc,
        atomic::{AtomicU64, Ordering::Relaxed},
    },
    time::{Duration, Instant, SystemTime},
};

use arsenal_cluster::{
    WallClock,
    instrument::SpawnInstrumented as _,
    process::{ProcessQuery, ProcessTable, SortKey},
};
use tokio::{runtime::Builder, sync::Notify, task::yield_now};

use crate::{
    actors::{CountedBall, CountedPlayer, Player},
    spread::Spread,
};

/// How many actors.
const ACTORS: usize = 100_000;

/// Rows of a list.
const ROWS: u32 = 100;

/// Lists of each kind.
const ROUNDS: usize = 30;

/// What a list may take.
const BOUND_MS: f64 = 100.0;

/// Prints the table.
pub fn measure() {
    // One worker: whatever holds it up stops its heart.
    let runtime = Builder::new_multi_thread().worker_threads(1).enable_all().build();
    runtime.expect("a runtime").block_on(async {
        let lists = tokio::spawn(lists());
        lists.await.expect("no panic");
    });
    println!();
}

async fn lists() {
    start_actors().await;
    let (name, clock) = ("a".parse().expect("a name"), WallClock::set(SystemTime::now()));
    let table = Arc::new(ProcessTable::new(name, 1, false, clock));
    let heart = Heart::start();
    let all = || ProcessQuery { limit: ROWS, ..ProcessQuery::default() };
    println!(
        "| List of {ACTORS} | Median ms | Smallest–largest | Longest halt of the worker, ms | May be |"
    );
    println!("|---|---|---|---|---|");
    let by = |key| {
        let mut query = all();
        query.sort = Some(key);
        query
    };
    for (what, query) in [
        ("first 100 in the order of starts", all()),
        ("first 100 by mailbox depth", by(SortKey::MailboxDepth)),
        ("first 100 by the longest handler", by(SortKey::HandlerMax)),
        ("first 100 by failed children", by(SortKey::ChildrenFailed)),
    ] {
        heart.reset();
        let mut took = Vec::new();
        for _ in 0..ROUNDS {
            let begun = Instant::now();
            let ranking = table.rank(query.clone()).await.expect("a list");
            took.push(begun.elapsed().as_secs_f64() * 1e3);
            assert!(ranking.items.len() <= ROWS as usize);
        }
        let took = Spread::of(took);
        println!(
            "| {what} | {:.1} | {:.1}–{:.1} | {:.1} | {BOUND_MS:.0} |",
            took.median(),
            took.min(),
            took.max(),
            heart.longest_pause().as_secs_f64() * 1e3,
        );
    }
}

async fn start_actors() {
    for number in 0..ACTORS {
        let player = CountedPlayer(Player { flood: 0, done: Arc::new(Notify::new()) });
        let spawned = CountedPlayer::spawn_instrumented(None, player, ()).await;
        let (player, _) = spawned.expect("it starts");
        player.cast(CountedBall::Flood(0)).expect("it lives");
        if number % 64 == 0 {
            yield_now().await;
        }
    }
}

/// A task that runs again and again on the only worker: how long it could not is how long something else
/// held the worker up.
struct Heart(Arc<AtomicU64>);

impl Heart {
    fn start() -> Self {
        let longest = Arc::new(AtomicU64::new(0));
        let beat = Arc::clone(&longest);
        tokio::spawn(async move {
            loop {
                let begun = Instant::now();
                tokio::time::sleep(Duration::from_millis(1)).await;
                let nanos = u64::try_from(begun.elapsed().as_nanos()).unwrap_or(u64::MAX);
                beat.fetch_max(nanos, Relaxed);
            }
        });
        Self(longest)
    }

    fn reset(&self) {
        self.0.store(0, Relaxed);
    }

    fn longest_pause(&self) -> Duration {
        Duration::from_nanos(self.0.load(Relaxed))
    }
}
