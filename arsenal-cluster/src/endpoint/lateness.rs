//! How late a request is, without a common clock.
//!
//! A frame carries its sender's clock. Our clock at reading minus that is the offset of the clocks
//! plus the way it took. The least such difference is the offset with the shortest way; what a frame
//! has more than that, it was late. After a freeze or a healed cut the whole backlog is read at once,
//! and each request shows its true age.
//!
//! The first frame of a path has nothing to be compared with. So it is a ping, and its sender waits
//! for the answer before it sends a request: where the ping was late, the offset is wrong by less than
//! the round trip of that ping, until the next one.

/// How long the least difference counts, in microseconds. Clocks drift apart by some ten
/// microseconds a second, so a minimum kept for ever would make everything late in the end.
const WINDOW_MICROS: u64 = 30_000_000;

/// The least difference of two windows: the current one and the one before it.
///
/// Windows only end when a frame is read, so after a long freeze the minimum from before it still
/// counts while the backlog is read.
#[derive(Debug, Default)]
pub(super) struct Lateness {
    begun: u64,
    current: Option<i64>,
    previous: Option<i64>,
}

impl Lateness {
    /// How many microseconds a frame of this clock is late, when it is read now.
    pub(super) fn of(&mut self, now: u64, sent: u64) -> u64 {
        // A clock that makes no sense wraps round; it makes only its own frames late.
        let difference = now.wrapping_sub(sent).cast_signed();
        if now.saturating_sub(self.begun) > WINDOW_MICROS {
            self.previous = self.current.take();
            self.begun = now;
        }
        let current = self.current.map_or(difference, |least| least.min(difference));
        self.current = Some(current);
        let least = self.previous.map_or(current, |least| least.min(current));
        difference.saturating_sub(least).unsigned_abs()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const SECOND: u64 = 1_000_000;

    #[test]
    fn the_offset_of_the_clocks_does_not_count() {
        for offset in [0, 5 * SECOND, 500 * SECOND] {
            let mut ahead = Lateness::default();
            assert_eq!(ahead.of(1000 * SECOND, 1000 * SECOND + offset), 0);
            assert_eq!(ahead.of(1001 * SECOND, 1001 * SECOND + offset), 0);
            assert_eq!(ahead.of(1003 * SECOND, 1002 * SECOND + offset), SECOND);
        }
    }

    #[test]
    fn a_backlog_after_a_long_freeze_shows_its_age() {
        let mut lateness = Lateness::default();
        lateness.of(SECOND, SECOND);
        for frozen_at in 2..100 {
            let age = (100 - frozen_at) * SECOND;
            assert_eq!(lateness.of(100 * SECOND, frozen_at * SECOND), age);
        }
    }

    #[test]
    fn drifting_clocks_do_not_make_everything_late() {
        let mut lateness = Lateness::default();
        let mut worst = 0;
        for beat in 0..200_000_u64 {
            let sent = beat * SECOND / 2;
            // The sender's clock is slow by 50 parts in a million.
            let now = sent + sent / 20_000;
            worst = worst.max(lateness.of(now, sent));
        }
        assert!(worst < 10_000, "{worst} microseconds");
    }

    #[test]
    fn clocks_that_make_no_sense_do_not_panic() {
        let mut lateness = Lateness::default();
        for (now, sent) in [(0, u64::MAX), (u64::MAX, 0), (0, 1 << 63), (1 << 63, 0), (5, 5)] {
            lateness.of(now, sent);
        }
    }
}
