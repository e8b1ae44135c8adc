//! The two clocks of the counters: one that is exact, and one that costs nothing to read.
//!
//! Each message is stamped with a *tick*, a tenth of a second, read from a counter that a thread of its
//! own advances: reading a real clock twice would cost a tenth of what ractor needs for a message.
//! Simulated nodes read their virtual time instead.

use std::{
    sync::{
        OnceLock,
        atomic::{AtomicBool, AtomicU32, Ordering},
    },
    thread::{self, Thread},
    time::Duration,
};

use tokio::time::Instant;

use super::{home::Home, records};

/// How long a tick is.
pub(crate) const TICK: Duration = Duration::from_millis(100);

const TICK_NANOS: u64 = 100_000_000;

/// How long before its first reading the clock began.
const EARLIER: Duration = Duration::from_mins(1);

/// Ticks of real time since the clock began.
static TICKS: AtomicU32 = AtomicU32::new(0);

/// Whether no time is read, for there are no records.
static IS_PARKED: AtomicBool = AtomicBool::new(false);

/// Nanoseconds since the clock of this process began, on the clock of the current runtime.
pub(crate) fn nanos() -> u64 {
    let since = Instant::now().saturating_duration_since(epoch());
    u64::try_from(since.as_nanos()).unwrap_or(u64::MAX)
}

/// The moment of so many nanoseconds.
pub(crate) fn instant_of(nanos: u64) -> Instant {
    epoch() + Duration::from_nanos(nanos)
}

/// The tick of now: up to one tick behind where time is real.
#[inline]
pub(crate) fn tick() -> u32 {
    if Home::current().is_simulated() { exact_tick() } else { TICKS.load(Ordering::Relaxed) }
}

/// Nanoseconds at the beginning of a tick.
pub(crate) fn nanos_of(tick: u32) -> u64 {
    u64::from(tick).saturating_mul(TICK_NANOS)
}

/// Lets ticks pass for as long as there are records; to be called whenever one was made.
pub(crate) fn keep_ticking() {
    static TICKING: OnceLock<Option<Thread>> = OnceLock::new();
    let ticking = TICKING.get_or_init(|| {
        epoch();
        let spawned = thread::Builder::new().name(String::from("arsenal-ticks")).spawn(advance);
        if let Err(error) = &spawned {
            tracing::error!(%error, "no thread for the ticks: ages of messages are not known");
        }
        spawned.ok().map(|handle| handle.thread().clone())
    });
    if IS_PARKED.swap(false, Ordering::SeqCst) {
        // The first stamps must not be those of the time when it was parked.
        TICKS.store(exact_tick(), Ordering::Relaxed);
        if let Some(thread) = ticking {
            thread.unpark();
        }
    }
}

#[expect(clippy::infinite_loop, reason = "it lasts as long as the process")]
fn advance() {
    loop {
        TICKS.store(exact_tick(), Ordering::Relaxed);
        if records::is_empty() {
            IS_PARKED.store(true, Ordering::SeqCst);
            // Looked at again: a record that was made in between found nobody to wake.
            if records::is_empty() {
                thread::park();
            }
            IS_PARKED.store(false, Ordering::SeqCst);
        } else {
            thread::park_timeout(TICK);
        }
    }
}

fn exact_tick() -> u32 {
    u32::try_from(nanos() / TICK_NANOS).unwrap_or(u32::MAX)
}

/// Real, also where it is first asked for in a runtime whose clock is ahead; and a while ago, for the clock
/// of a runtime that stands still may have begun before.
#[expect(clippy::disallowed_methods, reason = "all runtimes of the process share it")]
fn epoch() -> Instant {
    static EPOCH: OnceLock<Instant> = OnceLock::new();
    *EPOCH.get_or_init(|| {
        let now = std::time::Instant::now();
        Instant::from_std(now.checked_sub(EARLIER).unwrap_or(now))
    })
}
