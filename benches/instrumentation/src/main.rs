//! What counters around actors cost: CPU per message, memory per actor, time of a list.
//!
//! Prints tables of ratios. Everything that is compared is measured in turns, in random order.

mod actors;
mod cpu;
mod lists;
mod memory;
mod messages;
mod spread;

use std::{env, process::ExitCode};

fn main() -> ExitCode {
    let arguments: Vec<String> = env::args().skip(1).collect();
    let words: Vec<&str> = arguments.iter().map(String::as_str).collect();
    match words.as_slice() {
        [] => {
            messages::compare();
            memory::compare();
            lists::measure();
        }
        ["messages"] => messages::compare(),
        ["memory"] => memory::compare(),
        ["lists"] => lists::measure(),
        // What the comparisons run in processes of their own.
        ["messages-of", workers] => messages::measure(workers),
        ["memory-of", mode] => memory::measure(mode),
        _ => {
            eprintln!("usage: instrumentation-bench [messages | memory | lists]");
            return ExitCode::FAILURE;
        }
    }
    ExitCode::SUCCESS
}
