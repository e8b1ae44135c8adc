//! How long the machine has run: a clock that goes on while it sleeps.
//!
//! The clock of the runtime may stand still then: on Linux it does. So a node that wakes up would take what it
//! knew for new. It reads this one beside the other: where they differ, it did not run.

use std::{fmt, sync::Arc, time::Duration};

use tokio::time::Instant;

/// A clock that counts the time since its own zero. It never goes back.
#[derive(Clone)]
pub struct Uptime(Arc<dyn Fn() -> Duration + Send + Sync>);

impl Uptime {
    /// Any clock that never goes back.
    pub fn new(read: impl Fn() -> Duration + Send + Sync + 'static) -> Self {
        Self(Arc::new(read))
    }

    /// The machine's own: on Linux `CLOCK_BOOTTIME`, which counts its sleep. Elsewhere the clock of the
    /// runtime, which may not: a node there learns from its paths that it slept.
    pub fn of_machine() -> Self {
        #[cfg(target_os = "linux")]
        return Self::new(boottime);
        #[cfg(not(target_os = "linux"))]
        return Self::of_runtime();
    }

    /// The clock of the current runtime, which is virtual in simulations.
    pub fn of_runtime() -> Self {
        let zero = Instant::now();
        Self::new(move || zero.elapsed())
    }

    /// The time now.
    pub fn now(&self) -> Duration {
        (self.0)()
    }
}

#[cfg(target_os = "linux")]
fn boottime() -> Duration {
    let time = rustix::time::clock_gettime(rustix::time::ClockId::Boottime);
    Duration::try_from(time).unwrap_or_default()
}

impl fmt::Debug for Uptime {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.debug_tuple("Uptime").field(&self.now()).finish()
    }
}

/// Two clocks that were read together.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Reading {
    instant: Instant,
    uptime: Duration,
}

impl Reading {
    /// The instant first: a sleep between the two shows at once.
    pub(crate) fn of(uptime: &Uptime) -> Self {
        let instant = Instant::now();
        Self { instant, uptime: uptime.now() }
    }

    /// The clock that may stand still.
    pub(crate) const fn instant(&self) -> Instant {
        self.instant
    }

    /// How much longer it is since the other reading than the instants say.
    pub(crate) fn slept_since(&self, before: &Self) -> Duration {
        let passed = self.uptime.saturating_sub(before.uptime);
        passed.saturating_sub(self.instant.saturating_duration_since(before.instant))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_what_the_instants_do_not_show_was_slept() {
        let instant = Instant::now();
        let second = Duration::from_secs(1);
        let reading = |instants: u32, uptime: u32| Reading {
            instant: instant + second * instants,
            uptime: second * uptime,
        };
        let before = reading(5, 100);
        assert_eq!(reading(6, 101).slept_since(&before), Duration::ZERO);
        assert_eq!(reading(6, 701).slept_since(&before), second * 600);
        assert_eq!(reading(9, 101).slept_since(&before), Duration::ZERO, "virtual time");
        assert_eq!(reading(5, 99).slept_since(&before), Duration::ZERO);
    }

    #[test]
    fn the_clock_of_the_machine_goes_on() {
        let uptime = Uptime::of_machine();
        let before = uptime.now();
        assert!(uptime.now() >= before);
    }
}
