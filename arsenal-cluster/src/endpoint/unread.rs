//! Bytes that were sent to a peer and that it may not have read. Pure.
//!
//! A network takes whatever it is given, and keeps it while the peer does not read. So what is on its way
//! is counted here. Frames arrive in order: the answer to a ping, or to a call, says that all that was
//! sent before it was read.

use std::collections::VecDeque;

/// What may be on its way to one peer. Beyond it nothing new is asked for, or served: `overloaded`.
/// Also what a frozen peer makes this node hold.
pub const UNREAD_BYTES_MAX: u64 = 64 << 20;

/// Pings whose place among the bytes is remembered. A path is reset before so many have no answer.
const PINGS_MAX: usize = 16;

#[derive(Debug, Default)]
pub(super) struct Unread {
    sent: u64,
    read: u64,
    /// The pings that were not answered, and what had been sent before each.
    pings: VecDeque<(u64, u64)>,
}

impl Unread {
    /// A frame of this length goes out. Gives its place, by which its answer says that it was read.
    pub(super) fn sent(&mut self, bytes: usize) -> u64 {
        self.sent = self.sent.saturating_add(u64::try_from(bytes).unwrap_or(u64::MAX));
        self.sent
    }

    /// Whether so much more would be too much.
    pub(super) fn is_full(&self, more: usize) -> bool {
        let more = u64::try_from(more).unwrap_or(u64::MAX);
        self.unread().saturating_add(more) > UNREAD_BYTES_MAX
    }

    /// A ping goes out.
    pub(super) fn pinged(&mut self, beat: u64) {
        if self.pings.len() >= PINGS_MAX {
            self.pings.pop_front();
        }
        self.pings.push_back((beat, self.sent));
    }

    /// A ping was answered.
    pub(super) fn ponged(&mut self, beat: u64) {
        while let Some((earlier, place)) = self.pings.pop_front_if(|(earlier, _)| *earlier <= beat)
        {
            if earlier == beat {
                self.read_to(place);
            }
        }
    }

    /// All that was sent up to this place was read.
    pub(super) fn read_to(&mut self, place: u64) {
        self.read = self.read.max(place.min(self.sent));
    }

    pub(super) const fn unread(&self) -> u64 {
        self.sent - self.read
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn answers_say_how_much_was_read() {
        let mut unread = Unread::default();
        unread.sent(100);
        unread.pinged(1);
        let place = unread.sent(50);
        unread.pinged(2);
        unread.sent(7);
        assert_eq!(unread.unread(), 157);
        unread.ponged(9);
        assert_eq!(unread.unread(), 157, "that was never asked");
        unread.pinged(3);
        unread.read_to(place);
        assert_eq!(unread.unread(), 7);
        unread.ponged(3);
        assert_eq!(unread.unread(), 0);
        unread.read_to(u64::MAX);
        unread.sent(1);
        assert_eq!(unread.unread(), 1, "nobody reads what was not sent");
    }

    #[test]
    fn there_is_a_bound_and_pings_are_bounded_too() {
        let mut unread = Unread::default();
        let half = usize::try_from(UNREAD_BYTES_MAX / 2).unwrap();
        unread.sent(half);
        assert!(!unread.is_full(half) && unread.is_full(half + 1));
        for beat in 0..1_000 {
            unread.pinged(beat);
        }
        assert_eq!(unread.pings.len(), PINGS_MAX);
    }
}
