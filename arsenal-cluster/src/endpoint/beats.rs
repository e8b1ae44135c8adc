//! Counts the pings of one path and their answers.

use std::time::Duration;

use tokio::time::Instant;

#[derive(Debug, Default)]
pub(super) struct Beats {
    sent: u64,
    answered: u64,
    round_trip: Option<Duration>,
    confirmed_at: Option<Instant>,
}

impl Beats {
    /// The number of the next ping.
    pub(super) const fn next(&mut self) -> u64 {
        self.sent += 1;
        self.sent
    }

    /// A ping was answered. Answers come in order; one to a ping that was not sent says nothing.
    pub(super) fn answered(&mut self, beat: u64, round_trip: Duration, now: Instant) {
        if beat > self.answered && beat <= self.sent {
            self.answered = beat;
            self.round_trip = Some(round_trip);
            self.confirmed_at = now.checked_sub(round_trip);
        }
    }

    /// How many pings have had no answer since the last one that had.
    pub(super) fn missed(&self) -> u32 {
        u32::try_from(self.sent - self.answered).unwrap_or(u32::MAX)
    }

    /// When the last answered ping was sent: then, or after it, the peer lived.
    pub(super) const fn confirmed_at(&self) -> Option<Instant> {
        self.confirmed_at
    }

    /// How long the last answered ping took.
    pub(super) const fn round_trip(&self) -> Option<Duration> {
        self.round_trip
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const TRIP: Duration = Duration::from_millis(3);

    #[test]
    fn beats_without_an_answer_add_up_until_one_comes() {
        let mut beats = Beats::default();
        assert_eq!((beats.next(), beats.next(), beats.next()), (1, 2, 3));
        assert_eq!((beats.missed(), beats.round_trip()), (3, None));
        beats.answered(2, TRIP, Instant::now());
        assert_eq!((beats.missed(), beats.round_trip()), (1, Some(TRIP)));
        beats.answered(3, TRIP, Instant::now());
        assert_eq!(beats.missed(), 0);
    }

    #[test]
    fn an_answer_to_nothing_says_nothing() {
        let mut beats = Beats::default();
        beats.next();
        beats.answered(0, TRIP, Instant::now());
        beats.answered(9, TRIP, Instant::now());
        assert_eq!((beats.missed(), beats.round_trip()), (1, None));
    }
}
