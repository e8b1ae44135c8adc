//! Random numbers for ids of traces and spans.
//!
//! They must not repeat, and nobody has to be unable to guess them. So each thread counts through
//! two sequences of splitmix64 from starts of its own, which the standard library draws from the
//! operating system: no lock, no memory shared between threads, a few nanoseconds. Two sequences,
//! because a trace id is as long as both: drawn from one, it would be no rarer than its first half.

use std::{
    cell::Cell,
    hash::{BuildHasher as _, Hasher as _, RandomState},
};

/// The step of splitmix64: every 64-bit number comes once before any comes again.
const STEP: u64 = 0x9e37_79b9_7f4a_7c15;

thread_local! {
    static HIGH: Cell<u64> = Cell::new(start());
    static LOW: Cell<u64> = Cell::new(start());
}

/// A number for a trace, not zero.
pub(super) fn trace_id() -> u128 {
    let (high, low) = (HIGH.with(next), LOW.with(next));
    (u128::from(high) << 64) | u128::from(low)
}

/// A number for a span, not zero.
pub(super) fn span_id() -> u64 {
    LOW.with(next)
}

fn start() -> u64 {
    RandomState::new().build_hasher().finish()
}

/// The next number of a sequence. Zero, which means "none" where ids are written, is left out.
fn next(state: &Cell<u64>) -> u64 {
    loop {
        let counted = state.get().wrapping_add(STEP);
        state.set(counted);
        let number = mixed(counted);
        if number != 0 {
            return number;
        }
    }
}

const fn mixed(counted: u64) -> u64 {
    let mixed = (counted ^ (counted >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
    let mixed = (mixed ^ (mixed >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
    mixed ^ (mixed >> 31)
}

#[cfg(test)]
mod tests {
    use std::{collections::BTreeSet, thread};

    use super::*;

    #[test]
    fn no_thread_repeats_another() {
        let draw = || (0..1000).map(|_| trace_id()).collect::<Vec<_>>();
        let threads: Vec<_> = (0..8).map(|_| thread::spawn(draw)).collect();
        let ids: Vec<u128> = threads.into_iter().flat_map(|drawn| drawn.join().unwrap()).collect();
        assert_eq!(ids.iter().collect::<BTreeSet<_>>().len(), 8000);
        assert_eq!(ids.iter().map(|id| id >> 64).collect::<BTreeSet<_>>().len(), 8000);
        let ones: u32 = ids.iter().map(|id| id.count_ones()).sum();
        assert!((500_000..524_000).contains(&ones), "{ones} of 1024000 bits");
    }

    #[test]
    fn zero_is_left_out() {
        let before_zero = Cell::new(STEP.wrapping_neg());
        assert_ne!(next(&before_zero), 0);
    }
}
