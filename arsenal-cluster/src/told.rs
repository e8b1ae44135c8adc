//! Which reasons people have heard lately, so that a failure that goes on, or several that take turns,
//! do not fill the log. Pure: time comes with each call.

use std::time::Duration;

use tokio::time::Instant;

/// After how long people hear again of a reason that has not changed.
const TOLD_AGAIN_AFTER: Duration = Duration::from_mins(10);

/// How many reasons are told within that time: no more are remembered, and what cannot be remembered is
/// not told, or it would be told each time.
const REASONS_MAX: usize = 4;

/// The reasons that people have heard for one thing that fails.
#[derive(Debug, Default)]
pub(crate) struct Told(Vec<(String, Instant)>);

impl Told {
    /// Whether people should hear of this now; it counts as told then.
    pub(crate) fn is_news(&mut self, reason: &str, now: Instant) -> bool {
        self.0.retain(|(_, at)| now.saturating_duration_since(*at) < TOLD_AGAIN_AFTER);
        let reason = lasting(reason);
        if self.0.len() >= REASONS_MAX || self.0.iter().any(|(told, _)| *told == reason) {
            return false;
        }
        self.0.push((reason, now));
        true
    }

    /// All is well: whatever comes next is news.
    pub(crate) fn forget(&mut self) {
        self.0.clear();
    }
}

/// A reason without its numbers: starts of a node, times and ports change while it stays the same.
fn lasting(reason: &str) -> String {
    reason.chars().filter(|letter| !letter.is_ascii_digit()).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Which of these, one a minute, are told.
    fn heard(told: &mut Told, reasons: &[&str]) -> Vec<usize> {
        let (begun, mut at) = (Instant::now(), Duration::ZERO);
        let mut is_news = |reason: &&str| {
            at += Duration::from_mins(1);
            told.is_news(reason, begun + at)
        };
        (0..reasons.len()).filter(|place| is_news(&reasons[*place])).collect()
    }

    #[test]
    fn reasons_that_take_turns_are_told_once_in_ten_minutes_each() {
        let turns = ["SERVFAIL", "no answer"].repeat(12);
        assert_eq!(heard(&mut Told::default(), &turns), [0, 1, 10, 11, 20, 21]);
    }

    #[test]
    fn a_reason_is_the_same_with_other_numbers() {
        let texts = ["b#1 has another secret", "b#20 has another secret", "c#1 has another secret"];
        assert_eq!(heard(&mut Told::default(), &texts), [0, 2]);
    }

    #[test]
    fn no_more_is_told_than_is_remembered() {
        let reasons = ["a", "b", "c", "d", "e", "e", "e", "e", "e", "e", "e", "a"];
        let mut told = Told::default();
        assert_eq!(heard(&mut told, &reasons), [0, 1, 2, 3, 10, 11]);
        told.forget();
        assert_eq!(heard(&mut told, &["a"]), [0]);
    }
}
