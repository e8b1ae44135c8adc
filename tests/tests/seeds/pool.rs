//! As many children at once as there are processors.

use std::{
    ops::Range,
    sync::{
        Mutex, PoisonError,
        atomic::{AtomicBool, AtomicU64, Ordering},
    },
    thread,
};

use super::child::{Options, Report, in_child};

/// Runs all seeds; what became of each, in their order.
pub(crate) fn reports(seeds: Range<u64>, options: Options) -> Vec<Report> {
    run(seeds, options, false)
}

/// Runs seeds until one is red: the first of them, as far as they were run.
pub(crate) fn first_red(seeds: Range<u64>, options: Options) -> Option<Report> {
    run(seeds, options, true).into_iter().find(|report| !report.is_green)
}

fn run(seeds: Range<u64>, options: Options, stops_at_red: bool) -> Vec<Report> {
    let next = AtomicU64::new(seeds.start);
    let is_over = AtomicBool::new(false);
    let reports = Mutex::new(Vec::new());
    let work = || {
        while !is_over.load(Ordering::Relaxed) {
            let seed = next.fetch_add(1, Ordering::Relaxed);
            if !seeds.contains(&seed) {
                return;
            }
            let report = in_child(seed, options);
            if !report.is_green {
                // At once: the whole takes minutes.
                println!("seed {seed}: {}", report.summary);
            }
            is_over.fetch_or(stops_at_red && !report.is_green, Ordering::Relaxed);
            reports.lock().unwrap_or_else(PoisonError::into_inner).push(report);
        }
    };
    thread::scope(|scope| {
        for _ in 0..thread::available_parallelism().map_or(1, usize::from) {
            scope.spawn(work);
        }
    });
    let mut reports = reports.into_inner().unwrap_or_else(PoisonError::into_inner);
    reports.sort_by_key(|report| report.seed);
    reports
}
