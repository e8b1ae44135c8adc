//! CPU per message: as it comes with ractor, counted, and with each handler measured.

use std::{env, process::Command, sync::Arc};

use arsenal_cluster::instrument::Instrumented;
use ractor::{Actor, ActorRef, Message};
use tokio::{
    runtime::{Builder, Runtime},
    sync::Notify,
    task::yield_now,
};

use crate::{
    actors::{Ball, CountedBall, CountedPlayer, Player},
    cpu,
    spread::Spread,
};

/// Messages of one flood.
const FLOOD: u64 = 400_000;

/// Messages that one flood sends before others get their turn.
const FLOOD_IN_A_ROW: u64 = 128;

/// Messages of one ping-pong.
const PINGS: u64 = 200_000;

/// Rounds of one process: each measures all modes, in random order.
const ROUNDS: usize = 8;

/// Processes: where the loader puts things differs between them.
const PROCESSES: usize = 6;

/// How many workers the runtime has.
const WORKERS: [&str; 2] = ["1", "2"];

/// The modes, and what each may cost beside ractor alone. The last two are the halves of `default`.
const MODES: [(&str, Option<f64>); 5] = [
    ("bare", None),
    ("default", Some(1.05)),
    ("full", Some(1.25)),
    ("wrapped only", None),
    ("derived only", None),
];

/// CPU nanoseconds per message of one mode in one round.
#[derive(Clone, Copy)]
struct Cost {
    flood: f64,
    ping_pong: f64,
}

type Round = [Cost; MODES.len()];

/// Prints the table.
pub fn compare() {
    println!(
        "| Workers | Exchange | Mode | ns | Median ratio | Quartiles | Ratio of minima | May be |"
    );
    println!("|---|---|---|---|---|---|---|---|");
    for workers in WORKERS {
        let rounds: Vec<Round> = (0..PROCESSES).flat_map(|_| rounds_of(workers)).collect();
        print("flood", workers, &rounds, |cost| cost.flood);
        print("ping-pong", workers, &rounds, |cost| cost.ping_pong);
    }
    println!();
}

fn print(exchange: &str, workers: &str, rounds: &[Round], number: impl Fn(&Cost) -> f64) {
    let bare = Spread::of(rounds.iter().map(|round| number(&round[0])));
    for (index, (mode, bound)) in MODES.iter().enumerate() {
        let costs = Spread::of(rounds.iter().map(|round| number(&round[index])));
        let ratios =
            Spread::of(rounds.iter().map(|round| number(&round[index]) / number(&round[0])));
        println!(
            "| {workers} | {exchange} | {mode} | {:.0} | {:.3} | {:.3}–{:.3} | {:.3} | {} |",
            costs.median(),
            ratios.median(),
            ratios.at(0.25),
            ratios.at(0.75),
            costs.min() / bare.min(),
            bound.map_or_else(String::new, |bound| format!("{bound:.2}")),
        );
    }
}

/// The rounds of one process.
fn rounds_of(workers: &str) -> Vec<Round> {
    let program = env::current_exe().expect("a program");
    let output = Command::new(program).args(["messages-of", workers]).output().expect("it runs");
    assert!(output.status.success(), "{}", String::from_utf8_lossy(&output.stderr));
    let text = String::from_utf8(output.stdout).expect("numbers");
    let round = |line: &str| {
        let numbers: Vec<f64> = line.split(' ').map(|it| it.parse().expect("a number")).collect();
        std::array::from_fn(|mode| Cost {
            flood: numbers[2 * mode],
            ping_pong: numbers[2 * mode + 1],
        })
    };
    text.lines().map(round).collect()
}

/// Prints the numbers of each round in one line. One more round comes first, and does not count.
pub fn measure(workers: &str) {
    for number in 0..=ROUNDS {
        let mut order: Vec<usize> = (0..MODES.len()).collect();
        fastrand::shuffle(&mut order);
        let mut round = [Cost { flood: 0.0, ping_pong: 0.0 }; MODES.len()];
        for index in order {
            round[index] = runtime(workers).block_on(cost(MODES[index].0));
        }
        if number > 0 {
            let costs = round.iter().flat_map(|cost| [cost.flood, cost.ping_pong]);
            println!("{}", costs.map(|cost| cost.to_string()).collect::<Vec<_>>().join(" "));
        }
    }
}

fn runtime(workers: &str) -> Runtime {
    match workers {
        "1" => Builder::new_current_thread().enable_all().build(),
        _ => {
            let workers = workers.parse().expect("a number");
            Builder::new_multi_thread().worker_threads(workers).enable_all().build()
        }
    }
    .expect("a runtime")
}

async fn cost(mode: &str) -> Cost {
    let done = Arc::new(Notify::new());
    let player = || Player { flood: FLOOD, done: Arc::clone(&done) };
    let counted = || Instrumented::new(CountedPlayer(player()));
    let (flood, ping) = (Ball::Flood, Ball::Ping);
    let (counted_flood, counted_ping) = (CountedBall::Flood, CountedBall::Ping);
    match mode {
        "bare" => play(player, flood, ping, &done).await,
        "default" => play(counted, counted_flood, counted_ping, &done).await,
        "full" => play(|| counted().measured_fully(), counted_flood, counted_ping, &done).await,
        "wrapped only" => play(|| Instrumented::new(player()), flood, ping, &done).await,
        "derived only" => {
            play(|| CountedPlayer(player()), counted_flood, counted_ping, &done).await
        }
        _ => unreachable!("one of the modes"),
    }
}

async fn play<A: Actor<Msg = M, Arguments = ()>, M: Message>(
    player: impl Fn() -> A,
    flood: fn(u64) -> M,
    ping: fn(u64, ActorRef<M>) -> M,
    done: &Notify,
) -> Cost {
    let mut ends = Vec::new();
    let mut players = Vec::new();
    for _ in 0..3 {
        let (player, end) = A::spawn(None, player(), ()).await.expect("it starts");
        players.push(player);
        ends.push(end);
    }
    let before = cpu::nanos();
    let receiver = players[0].clone();
    tokio::spawn(async move {
        for number in 0..FLOOD {
            receiver.cast(flood(number)).expect("it lives");
            if number % FLOOD_IN_A_ROW == 0 {
                yield_now().await;
            }
        }
    });
    done.notified().await;
    let between = cpu::nanos();
    players[1].cast(ping(PINGS, players[2].clone())).expect("it lives");
    done.notified().await;
    let after = cpu::nanos();
    for (player, end) in players.iter().zip(ends) {
        player.stop(None);
        end.await.expect("it ends");
    }
    Cost { flood: (between - before) / FLOOD as f64, ping_pong: (after - between) / PINGS as f64 }
}
