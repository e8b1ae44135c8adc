//! The CPU time and the memory of this process.

use std::fs;

use rustix::time::{ClockId, clock_gettime};

/// The CPU time of all threads so far, in nanoseconds.
pub fn nanos() -> f64 {
    let time = clock_gettime(ClockId::ProcessCPUTime);
    time.tv_sec as f64 * 1e9 + time.tv_nsec as f64
}

/// What the process holds of the memory of the machine, in bytes.
pub fn resident_bytes() -> f64 {
    let text = fs::read_to_string("/proc/self/status").expect("Linux");
    let line = text.lines().find_map(|line| line.strip_prefix("VmRSS:")).expect("a number");
    let kilobytes: f64 = line.trim().trim_end_matches(" kB").parse().expect("a number");
    kilobytes * 1024.0
}
