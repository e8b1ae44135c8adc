//! Memory per actor that has handled one message.

use std::{env, process::Command, sync::Arc};

use arsenal_cluster::instrument::Instrumented;
use ractor::{Actor, Message};
use tokio::{runtime::Builder, sync::Notify, task::yield_now};

use crate::{
    actors::{Ball, CountedBall, CountedPlayer, Player},
    cpu,
    spread::Spread,
};

/// How many actors.
const ACTORS: usize = 100_000;

/// Processes per mode, in turns.
const ROUNDS: usize = 5;

const MODES: [&str; 2] = ["bare", "default"];

/// What the default mode may take, beside ractor alone.
const BOUND: f64 = 1.10;

/// Prints the table.
pub fn compare() {
    let mut taken = [const { Vec::new() }; MODES.len()];
    for _ in 0..ROUNDS {
        let mut order: Vec<usize> = (0..MODES.len()).collect();
        fastrand::shuffle(&mut order);
        for index in order {
            taken[index].push(bytes_of(MODES[index]));
        }
    }
    println!(
        "| Mode | Bytes per actor | Smallest–largest | Ratio | May be |\n|---|---|---|---|---|"
    );
    let [bare, counted] = taken.map(Spread::of);
    for (mode, bytes, bound) in [("bare", &bare, 1.0), ("default", &counted, BOUND)] {
        println!(
            "| {mode} | {:.0} | {:.0}–{:.0} | {:.3} | {bound:.2} |",
            bytes.median(),
            bytes.min(),
            bytes.max(),
            bytes.median() / bare.median(),
        );
    }
    println!();
}

fn bytes_of(mode: &str) -> f64 {
    let program = env::current_exe().expect("a program");
    let output = Command::new(program).args(["memory-of", mode]).output().expect("it runs");
    assert!(output.status.success(), "{}", String::from_utf8_lossy(&output.stderr));
    String::from_utf8(output.stdout).expect("a number").trim().parse().expect("a number")
}

/// Prints the bytes per actor of one mode.
pub fn measure(mode: &str) {
    let runtime = Builder::new_current_thread().enable_all().build().expect("a runtime");
    let done = Arc::new(Notify::new());
    let player = || Player { flood: 0, done: Arc::clone(&done) };
    let counted = || Instrumented::new(CountedPlayer(player()));
    let bytes = runtime.block_on(async {
        match mode {
            "bare" => taken(player, Ball::Flood).await,
            _ => taken(counted, CountedBall::Flood).await,
        }
    });
    println!("{bytes}");
}

async fn taken<A: Actor<Msg = M, Arguments = ()>, M: Message>(
    player: impl Fn() -> A,
    message: fn(u64) -> M,
) -> f64 {
    // What is made once, is.
    let _first = start(&player, message).await;
    let before = cpu::resident_bytes();
    let mut players = Vec::with_capacity(ACTORS);
    for _ in 0..ACTORS {
        players.push(start(&player, message).await);
    }
    (cpu::resident_bytes() - before) / ACTORS as f64
}

async fn start<A: Actor<Msg = M, Arguments = ()>, M: Message>(
    player: &impl Fn() -> A,
    message: fn(u64) -> M,
) -> ractor::ActorRef<M> {
    let (player, _) = A::spawn(None, player(), ()).await.expect("it starts");
    player.cast(message(0)).expect("it lives");
    yield_now().await;
    player
}
