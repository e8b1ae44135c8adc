//! Waiting for a state, with a bound: the only place that sleeps or reads the clock.

#![expect(clippy::disallowed_methods, reason = "no runtime and no simulation: real processes")]

use std::{
    thread::sleep,
    time::{Duration, Instant},
};

/// How long anything may take here. Generous: it decides only over tests that fail.
const PATIENCE: Duration = Duration::from_secs(30);

const PAUSE: Duration = Duration::from_millis(50);

/// Asks until there is an answer. `Err` says what is still missing.
pub(crate) fn until<T>(what: &str, mut ask: impl FnMut() -> Result<T, String>) -> T {
    let start = Instant::now();
    loop {
        match ask() {
            Ok(found) => return found,
            Err(missing) if start.elapsed() >= PATIENCE => {
                panic!("waited in vain until {what}: {missing}")
            }
            Err(_) => sleep(PAUSE),
        }
    }
}

/// Asks for a while; fails at the first `Err`.
pub(crate) fn stays(what: &str, how_long: Duration, mut ask: impl FnMut() -> Result<(), String>) {
    let start = Instant::now();
    while start.elapsed() < how_long {
        if let Err(wrong) = ask() {
            panic!("it does not stay so that {what}: {wrong}");
        }
        sleep(PAUSE);
    }
}

/// Does something, and says how long it took.
pub(crate) fn measured<T>(work: impl FnOnce() -> T) -> (T, Duration) {
    let start = Instant::now();
    let done = work();
    (done, start.elapsed())
}
