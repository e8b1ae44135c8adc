//! How long handlers took lately, as counts in buckets of which two make a power of two.

use std::{
    sync::atomic::{AtomicU16, Ordering},
    time::Duration,
};

/// Buckets; the first holds all that is shorter than 128 ns, the last all above 6 minutes.
const BUCKETS: usize = 64;

/// What one measurement weighs at most.
const TIMES_MAX: u16 = 1 << 10;

/// The shortest duration that the second bucket holds, as a power of two of nanoseconds.
const FIRST_POWER: u32 = 7;

/// Written by one actor, read by anybody. A count that is full halves all of them, so that what was
/// long ago weighs less and less.
#[derive(Debug)]
pub(crate) struct Histogram([AtomicU16; BUCKETS]);

impl Default for Histogram {
    fn default() -> Self {
        Self([const { AtomicU16::new(0) }; BUCKETS])
    }
}

impl Histogram {
    /// So many handlers took this long.
    pub(crate) fn add(&self, nanos: u64, times: u32) {
        let times = u16::try_from(times).unwrap_or(TIMES_MAX).min(TIMES_MAX);
        let Some(count) = self.0.get(bucket(nanos)) else { return };
        // One writer: load and store need not be one step.
        let sum = count.load(Ordering::Relaxed).checked_add(times).unwrap_or_else(|| {
            self.halve();
            count.load(Ordering::Relaxed) + times
        });
        count.store(sum, Ordering::Relaxed);
    }

    fn halve(&self) {
        for count in &self.0 {
            count.store(count.load(Ordering::Relaxed) / 2, Ordering::Relaxed);
        }
    }

    /// The bound below which this part (0 to 1) of all durations is, at most half too high. None where
    /// nothing was measured.
    pub(crate) fn quantile(&self, part: f64) -> Option<Duration> {
        let counts: Vec<u64> =
            self.0.iter().map(|count| count.load(Ordering::Relaxed).into()).collect();
        let total: u64 = counts.iter().sum();
        if total == 0 {
            return None;
        }
        #[expect(
            clippy::cast_precision_loss,
            clippy::cast_possible_truncation,
            clippy::cast_sign_loss,
            reason = "a rank of a quantile is no more exact than that"
        )]
        let rank = ((total as f64 * part).ceil() as u64).clamp(1, total);
        let mut below = 0;
        let found = counts.iter().position(|count| {
            below += count;
            below >= rank
        });
        found.map(upper_bound)
    }
}

/// Two buckets per power of two: below and above one and a half times it.
fn bucket(nanos: u64) -> usize {
    let power = nanos.checked_ilog2().unwrap_or(0);
    let Some(above) = power.checked_sub(FIRST_POWER) else { return 0 };
    let is_upper_half = nanos >> (power - 1) & 1;
    let index = 1 + 2 * above as usize + usize::from(is_upper_half == 1);
    index.min(BUCKETS - 1)
}

fn upper_bound(bucket: usize) -> Duration {
    let Some(index) = bucket.checked_sub(1) else { return Duration::from_nanos(1 << FIRST_POWER) };
    let power = 1_u64 << (index / 2) << FIRST_POWER;
    Duration::from_nanos(if index % 2 == 0 { power + power / 2 } else { power * 2 })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_duration_is_below_its_bound_by_no_more_than_a_half() {
        for nanos in (7..38).flat_map(|power| [1_u64 << power, (1 << power) + 1, 3 << (power - 1)])
        {
            let (took, bound) = (Duration::from_nanos(nanos), upper_bound(bucket(nanos)));
            assert!(took < bound && bound <= took * 3 / 2, "{took:?} {bound:?}");
        }
        assert_eq!(bucket(0), 0);
        assert_eq!(bucket(u64::MAX), BUCKETS - 1);
    }

    #[test]
    fn quantiles_weigh_what_was_counted() {
        let histogram = Histogram::default();
        assert_eq!(histogram.quantile(0.5), None);
        histogram.add(1_000, 98);
        histogram.add(5_000_000, 2);
        assert!(histogram.quantile(0.5).unwrap() < Duration::from_micros(2));
        assert!(histogram.quantile(0.99).unwrap() >= Duration::from_millis(5));
    }

    #[test]
    fn what_is_new_outweighs_what_is_old() {
        let histogram = Histogram::default();
        for _ in 0..1_000_000 {
            histogram.add(5_000_000, 1);
        }
        for _ in 0..200_000 {
            histogram.add(1_000, 1);
        }
        assert!(histogram.quantile(0.5).unwrap() < Duration::from_micros(2));
    }
}
