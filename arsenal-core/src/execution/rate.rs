//! How often something may start. Pure: a state and the time in, the next state or the wait out.
//!
//! The generic cell rate algorithm in its form of virtual scheduling (ITU-T I.371, Annex A): one time
//! is all the state, nothing runs in the background, and what was not used for a while can be used
//! at once, up to the whole count.

use std::time::Duration;

use tokio::time::Instant;

use crate::spec::Rate;

/// When the next one would start if all came evenly; `None` before the first.
pub(super) type Arrival = Option<Instant>;

/// Lets one start, or says how long to wait.
pub(super) fn start(next: Arrival, now: Instant, rate: Rate) -> Result<Arrival, Duration> {
    let apart = rate.per / rate.count.max(1);
    let ahead_max = rate.per.saturating_sub(apart);
    let next = next.map_or(now, |next| next.max(now));
    let ahead = next.saturating_duration_since(now);
    match ahead.checked_sub(ahead_max) {
        Some(wait) if !wait.is_zero() => Err(wait),
        _ => Ok(Some(next + apart)),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const SECOND: Duration = Duration::from_secs(1);

    /// How many of those that come at these times, in ms, start.
    fn started(rate: Rate, arrivals: impl IntoIterator<Item = u64>) -> usize {
        let begin = Instant::now();
        let mut next = None;
        let mut count = 0;
        for ms in arrivals {
            if let Ok(after) = start(next, begin + Duration::from_millis(ms), rate) {
                next = after;
                count += 1;
            }
        }
        count
    }

    #[test]
    fn the_whole_count_starts_at_once_and_then_evenly() {
        for count in [1, 3, 7, 100] {
            let rate = Rate { count, per: SECOND };
            let count = usize::try_from(count).unwrap();
            assert_eq!(started(rate, std::iter::repeat_n(0, 500)), count);
            assert_eq!(started(rate, (0..500).map(|_| 0).chain(1..=1000)), 2 * count);
        }
    }

    #[test]
    fn a_refusal_says_when_it_would_start_and_costs_nothing() {
        let rate = Rate { count: 2, per: SECOND };
        let now = Instant::now();
        let mut next = None;
        for _ in 0..2 {
            next = start(next, now, rate).unwrap();
        }
        for _ in 0..10 {
            assert_eq!(start(next, now, rate), Err(SECOND / 2));
        }
        assert_eq!(start(next, now + SECOND / 4, rate), Err(SECOND / 4));
        assert!(start(next, now + SECOND / 2, rate).is_ok());
    }

    #[test]
    fn a_rate_beyond_any_clock_is_none() {
        let rate = Rate { count: u32::MAX, per: SECOND };
        assert_eq!(started(rate, std::iter::repeat_n(0, 10_000)), 10_000);
    }
}
