//! The wall clock of a node: the time of its start plus what the monotonic clock counted since.
//!
//! Taken from the runtime's clock, so it never jumps, and it is virtual where the runtime's is. The
//! price: it does not follow corrections of the system's clock, and where the monotonic clock stands
//! still while the machine sleeps (on Linux it does), this one falls behind by as much. It writes
//! times for people and decides nothing.

use std::time::SystemTime;

use tokio::time::Instant;

/// A clock that was set once.
#[derive(Clone, Copy, Debug)]
pub struct WallClock {
    set_to: SystemTime,
    set_at: Instant,
}

impl WallClock {
    /// Sets the clock.
    pub fn set(set_to: SystemTime) -> Self {
        Self { set_to, set_at: Instant::now() }
    }

    /// The time now, as RFC 3339 in UTC with milliseconds.
    pub fn now(&self) -> String {
        self.at(Instant::now())
    }

    /// The time at an instant, as RFC 3339 in UTC with milliseconds.
    pub fn at(&self, instant: Instant) -> String {
        humantime::format_rfc3339_millis(self.time_at(instant)).to_string()
    }

    /// The time at an instant, as RFC 3339 in UTC with microseconds and as those since 1970.
    pub(crate) fn micros_at(&self, instant: Instant) -> (String, u64) {
        let time = self.time_at(instant);
        let since = time.duration_since(SystemTime::UNIX_EPOCH).unwrap_or_default();
        let micros = u64::try_from(since.as_micros()).unwrap_or(u64::MAX);
        (humantime::format_rfc3339_micros(time).to_string(), micros)
    }

    /// The time at an instant, in milliseconds since 1970.
    pub(crate) fn millis_at(&self, instant: Instant) -> i64 {
        let since = self.time_at(instant).duration_since(SystemTime::UNIX_EPOCH);
        i64::try_from(since.unwrap_or_default().as_millis()).unwrap_or(i64::MAX)
    }

    /// The time now, to set another clock by.
    pub fn time(&self) -> SystemTime {
        self.time_at(Instant::now())
    }

    fn time_at(&self, instant: Instant) -> SystemTime {
        let since = instant.saturating_duration_since(self.set_at);
        let before = self.set_at.saturating_duration_since(instant);
        self.set_to + since - before
    }
}
