//! When the messages of a mailbox were sent, without a time stamp on each and without a lock.
//!
//! A mailbox cannot be looked into from outside. But messages are numbered by the counter of what was
//! sent, and the number of the next one to be taken is known: so it is enough to remember now and then
//! which number was sent when. Recent times are remembered finely, older ones coarsely.

use std::sync::atomic::{AtomicU64, Ordering};

/// Marks of one level.
const MARKS: usize = 6;

/// How many ticks one mark of each level stands for, as a power of two: 0.1 s, 0.8 s and 6.4 s. So the
/// levels reach 0.6 s, 4.8 s and 38 s.
const SHIFTS: [u32; 3] = [0, 3, 6];

/// One mark per period and level: the number of the first message of that period and its tick.
///
/// Written by all senders. Two that write the same mark at once write nearly the same, so no order
/// between them is needed.
#[derive(Debug)]
pub(crate) struct SendTimes {
    levels: [[AtomicU64; MARKS]; SHIFTS.len()],
    /// A message that was still waiting when it was marked, kept until it is taken. It outlasts the
    /// levels where nothing is taken for long.
    anchor: AtomicU64,
}

/// A number and a tick in one word: the low halves of both. No message is as old as 2^31 others, and
/// ticks last for 13 years.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
struct Mark {
    number: u32,
    tick: u32,
}

impl Default for SendTimes {
    fn default() -> Self {
        let levels = [const { [const { AtomicU64::new(0) }; MARKS] }; SHIFTS.len()];
        Self { levels, anchor: AtomicU64::new(0) }
    }
}

impl SendTimes {
    /// Message `number` is sent, and `taken` were taken from the mailbox so far. To be called for the
    /// first message of a tick; more often does no harm.
    pub(crate) fn mark(&self, number: u64, tick: u32, taken: impl FnOnce() -> u64) {
        let mark = Mark { number: low(number), tick };
        let mut is_new_period = false;
        for (marks, shift) in self.levels.iter().zip(SHIFTS) {
            let period = tick >> shift;
            let Some(slot) = marks.get(period as usize % MARKS) else { return };
            let current = Mark::read(slot);
            is_new_period = current.is_none_or(|mark| mark.tick >> shift != period);
            if !is_new_period {
                return;
            }
            mark.write(slot);
        }
        if is_new_period && Mark::read(&self.anchor).is_none_or(|old| !waits(old.number, taken())) {
            mark.write(&self.anchor);
        }
    }

    /// The tick in which message `number`, the oldest that waits, was sent, or the nearest one after it
    /// that is known: the message is at least as old. None where nothing is known.
    pub(crate) fn sent_at(&self, number: u64) -> Option<u32> {
        let head = low(number);
        let marks = || self.levels.iter().flatten().chain([&self.anchor]).filter_map(Mark::read);
        // The last mark before it may be long before it; the next one after it is never too early.
        let exact = marks().filter(|mark| mark.number == head).map(|mark| mark.tick).min();
        let after =
            || marks().filter(|mark| waits(mark.number, number)).map(|mark| mark.tick).min();
        let before =
            || marks().filter(|mark| !waits(mark.number, number)).map(|mark| mark.tick).max();
        exact.or_else(after).or_else(before)
    }
}

impl Mark {
    /// Zero is no mark: tick and number both begin there, and a first message at the first tick is told
    /// by its tick plus one.
    fn read(slot: &AtomicU64) -> Option<Self> {
        let word = slot.load(Ordering::Relaxed);
        let tick = low(word).checked_sub(1)?;
        Some(Self { number: low(word >> 32), tick })
    }

    fn write(self, slot: &AtomicU64) {
        let word = u64::from(self.number) << 32 | u64::from(self.tick.saturating_add(1));
        slot.store(word, Ordering::Relaxed);
    }
}

/// Whether a message with this number waits where the next one to be taken is `head`.
fn waits(number: u32, head: u64) -> bool {
    number.wrapping_sub(low(head)) < u32::MAX / 2
}

#[expect(clippy::cast_possible_truncation, reason = "the low half is what is wanted")]
const fn low(word: u64) -> u32 {
    word as u32
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Sends one message per tick from `first` on, none of which is taken.
    fn backlog(first: u32, ticks: u32) -> SendTimes {
        let times = SendTimes::default();
        for number in 0..ticks {
            times.mark(number.into(), first + number, || 0);
        }
        times
    }

    #[test]
    fn a_short_backlog_is_known_to_the_tick() {
        let times = backlog(1000, 6);
        for number in 0..6 {
            assert_eq!(times.sent_at(number), Some(1000 + u32::try_from(number).unwrap()));
        }
    }

    #[test]
    fn the_head_of_a_mailbox_that_stands_is_known_to_a_period() {
        for length in [7_u32, 20, 100, 500, 2000, 20_000] {
            let now = 70_000 + length;
            let age = now - backlog(70_000, length).sent_at(0).unwrap();
            assert!(age <= length, "never older than it is: {age} of {length}");
            assert!(length - age <= 64, "{age} of {length}");
        }
    }

    #[test]
    fn the_head_of_a_mailbox_that_moves_is_known_to_a_period_too() {
        // Every message waits for 20 s.
        let times = SendTimes::default();
        for number in 0..2000_u32 {
            times.mark(number.into(), 5000 + number, || u64::from(number.saturating_sub(200)));
        }
        let age = 7000 - times.sent_at(1800).unwrap();
        assert!((136..=200).contains(&age), "{age}");
    }

    #[test]
    fn a_pause_before_a_message_does_not_make_it_older() {
        let times = SendTimes::default();
        times.mark(0, 10, || 0);
        times.mark(1, 90_000, || 1);
        assert_eq!(times.sent_at(1), Some(90_000));
    }

    #[test]
    fn the_first_message_of_the_first_tick_is_known() {
        let times = SendTimes::default();
        assert_eq!(times.sent_at(0), None);
        times.mark(0, 0, || 0);
        assert_eq!(times.sent_at(0), Some(0));
    }

    #[test]
    fn many_messages_in_one_tick_share_its_time() {
        let times = SendTimes::default();
        times.mark(0, 500, || 0);
        times.mark(100_000, 501, || 0);
        // Sent between the two, and nearer is not known.
        assert_eq!(times.sent_at(50_000), Some(501));
    }
}
