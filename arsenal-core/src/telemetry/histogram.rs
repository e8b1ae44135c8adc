//! How long something took, counted in buckets: one addition per bucket and sum, no lock.

use std::{
    array,
    sync::atomic::{AtomicU64, Ordering},
    time::Duration,
};

/// The upper bounds of the buckets, in microseconds: from what answers out of memory to the longest
/// time that most operations are given. Three per decade, so that a quantile is off by a factor of
/// 1.6 at most on average. What took longer is counted above all bounds.
const BOUNDS_US: [u64; 16] = [
    100, 250, 500, 1_000, 2_500, 5_000, 10_000, 25_000, 50_000, 100_000, 250_000, 500_000,
    1_000_000, 2_500_000, 5_000_000, 10_000_000,
];

/// Durations, by the bucket that each falls into.
#[derive(Debug, Default)]
pub(super) struct Histogram {
    buckets: [AtomicU64; BOUNDS_US.len() + 1],
    sum_ns: AtomicU64,
}

/// What a histogram held at one moment.
#[derive(Debug, PartialEq)]
pub(super) struct HistogramValues {
    /// Of each bucket the upper bound in seconds, and how many were at most that long. The last
    /// bound is infinite.
    pub(super) buckets: [(f64, u64); BOUNDS_US.len() + 1],
    /// How many there were.
    pub(super) count: u64,
    /// How long all took together, in seconds.
    pub(super) sum: f64,
}

impl Histogram {
    pub(super) fn add(&self, duration: Duration) {
        let us = duration.as_micros();
        let index = BOUNDS_US.partition_point(|bound| u128::from(*bound) < us);
        if let Some(bucket) = self.buckets.get(index) {
            bucket.fetch_add(1, Ordering::Relaxed);
        }
        let ns = u64::try_from(duration.as_nanos()).unwrap_or(u64::MAX);
        self.sum_ns.fetch_add(ns, Ordering::Relaxed);
    }

    /// The count is that of the buckets, so the two never disagree.
    pub(super) fn values(&self) -> HistogramValues {
        let bounds = BOUNDS_US.iter().map(|us| Duration::from_micros(*us).as_secs_f64());
        let mut bounds = bounds.chain([f64::INFINITY]);
        let mut buckets = self.buckets.iter().map(|bucket| bucket.load(Ordering::Relaxed));
        let mut count = 0;
        let buckets = array::from_fn(|_| {
            count += buckets.next().unwrap_or(0);
            (bounds.next().unwrap_or(f64::INFINITY), count)
        });
        let sum = Duration::from_nanos(self.sum_ns.load(Ordering::Relaxed)).as_secs_f64();
        HistogramValues { buckets, count, sum }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_duration_counts_in_its_bucket_and_all_above() {
        let histogram = Histogram::default();
        for us in [100, 101, 2_000_000, 60_000_000] {
            histogram.add(Duration::from_micros(us));
        }
        let values = histogram.values();
        let at = |wanted: f64| {
            values.buckets.iter().find(|(bound, _)| *bound >= wanted).map(|(_, count)| *count)
        };
        assert_eq!(
            (at(0.0001), at(0.00025), at(1.0), at(2.5)),
            (Some(1), Some(2), Some(2), Some(3))
        );
        assert_eq!((at(10.0), at(f64::INFINITY), values.count), (Some(3), Some(4), 4));
        assert!((values.sum - 62.000_201).abs() < 1e-9, "{}", values.sum);
    }
}
