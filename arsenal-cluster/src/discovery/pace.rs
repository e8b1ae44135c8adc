//! When a strategy is asked again. Pure.

use std::time::Duration;

/// The pause after the first failed look; it doubles with each further one, up to the usual pause.
const AFTER_FAILURE: Duration = Duration::from_secs(1);

/// The pause before the next look, after so many failures in a row.
pub(super) fn pause(every: Duration, failures: u32) -> Duration {
    match failures.checked_sub(1) {
        None => every,
        Some(more) => AFTER_FAILURE.saturating_mul(2_u32.saturating_pow(more)).min(every),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn who_fails_is_asked_soon_and_then_as_seldom_as_ever() {
        let every = Duration::from_secs(10);
        let seconds = |failures| pause(every, failures).as_secs();
        assert_eq!([0, 1, 2, 3, 4, 5, u32::MAX].map(seconds), [10, 1, 2, 4, 8, 10, 10]);
        assert_eq!(pause(Duration::from_millis(300), 1), Duration::from_millis(300));
    }
}
