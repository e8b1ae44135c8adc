//! One seed in a process of its own.
//!
//! ractor and tokio count in statics, so only the first world of a process is the same each time. The
//! process is this binary again, as the test `child`.

use std::{
    env, panic,
    process::{Command, Output},
    sync::{Arc, Mutex, PoisonError},
    thread,
    time::Duration,
};

use arsenal_core::defect::Defect;

use super::{
    invariants::{agreed_after, violations},
    randomness,
    run::{Outcome, run},
};

/// What a child is told in its environment.
const SEED: &str = "ARSENAL_CHILD_SEED";
const DEFECT: &str = "ARSENAL_CHILD_DEFECT";
const PRINTS_LOG: &str = "ARSENAL_CHILD_PRINTS_LOG";

/// The last things that happened, printed with a violation.
const LAST_EVENTS: usize = 60;

/// Starts the lines that sum up.
const GREEN: &str = "green: ";
const RED: &str = "RED: ";

/// What the child prints of its own stands between these; the rest is the harness's.
const BEGIN: &str = "\n--- seed\n";
const END: &str = "\n--- end\n";

/// What became of a seed.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Report {
    pub(crate) seed: u64,
    /// In one line: hashes of what happened, or the invariant that was broken.
    pub(crate) summary: String,
    pub(crate) is_green: bool,
    /// All that the child printed.
    pub(crate) text: String,
}

/// How to run a seed.
#[derive(Clone, Copy, Debug, Default)]
pub(crate) struct Options {
    pub(crate) defect: Option<Defect>,
    pub(crate) prints_log: bool,
    /// On the first processor alone, by `taskset`.
    pub(crate) is_on_one_processor: bool,
}

/// Runs a seed in a process of its own, and waits for it.
pub(crate) fn in_child(seed: u64, options: Options) -> Report {
    let this = env::current_exe().expect("this test");
    let mut command = if options.is_on_one_processor {
        let mut command = Command::new("taskset");
        command.args(["-c", "0"]).arg(this);
        command
    } else {
        Command::new(this)
    };
    command.args(["--exact", "child", "--ignored", "--nocapture"]);
    command.env(SEED, seed.to_string());
    for variable in [DEFECT, PRINTS_LOG] {
        command.env_remove(variable);
    }
    if let Some(defect) = options.defect {
        command.env(DEFECT, defect.as_str());
    }
    if options.prints_log {
        command.env(PRINTS_LOG, "1");
    }
    report(seed, &command.output().expect("a child"))
}

fn report(seed: u64, output: &Output) -> Report {
    let printed = String::from_utf8_lossy(&output.stdout);
    let own = printed.split_once(BEGIN).map_or("", |(_, own)| own);
    let summary =
        |start: &str| own.lines().find_map(|line| Some(line.strip_prefix(start)?.to_owned()));
    let is_green = output.status.success() && summary(GREEN).is_some();
    if let Some(summary) = summary(GREEN).or_else(|| summary(RED)) {
        // What follows is of the harness.
        let text = own.rsplit_once(END).map_or(own, |(text, _)| text).to_owned();
        return Report { seed, summary, is_green, text };
    }
    let text = format!("{printed}{}", String::from_utf8_lossy(&output.stderr));
    Report { seed, summary: format!("it ended with {}", output.status), is_green: false, text }
}

/// The other end of [`in_child`]: on a thread of its own, so that its randomness is.
pub(crate) fn child() {
    let Ok(seed) = env::var(SEED) else { return };
    let seed: u64 = seed.parse().expect("a number");
    let named = env::var(DEFECT).unwrap_or_default();
    if let Some(defect) = Defect::ALL.into_iter().find(|defect| defect.as_str() == named) {
        defect.introduce();
    }
    let panics = Arc::<Mutex<Vec<String>>>::default();
    let heard = Arc::clone(&panics);
    panic::set_hook(Box::new(move |panic| {
        heard.lock().unwrap_or_else(PoisonError::into_inner).push(panic.to_string());
    }));
    let world = thread::spawn(move || {
        randomness::begin(seed);
        run(seed, &panics)
    });
    let ran = world.join();
    drop(panic::take_hook());
    print(&ran.unwrap_or_else(|panic| panic::resume_unwind(panic)));
}

fn print(outcome: &Outcome) {
    let broken = violations(&outcome.history);
    print!("{BEGIN}");
    if env::var_os(PRINTS_LOG).is_some() {
        print_events(&outcome.log);
    }
    if let Some(first) = broken.first() {
        let until = outcome.log.partition_point(|(at, _)| *at <= first.at);
        print_events(&outcome.log[until.saturating_sub(LAST_EVENTS)..until]);
        for violation in &broken[1..] {
            println!("also {violation}");
        }
        println!("{RED}{first}");
    } else {
        println!("{GREEN}{}", summary(outcome));
    }
    print!("{END}");
}

fn print_events(events: &[(Duration, String)]) {
    for (at, event) in events {
        println!("{:>9.3} {event}", at.as_secs_f64());
    }
}

fn summary(outcome: &Outcome) -> String {
    let history = &outcome.history;
    let answered = history.requests.values().filter_map(|request| request.answer.as_ref());
    let refused = answered.clone().filter(|answer| !answer.is_good()).count();
    let good = answered.count() - refused;
    let stale = history.requests.values().filter_map(|it| it.answer.as_ref()?.is_stale);
    format!(
        "log {:016x}, traffic {:016x}; agreed after {:?}; {good} answers, {} of them stale, {refused} problems; {} mutations ran",
        hash(&outcome.log),
        outcome.traffic.fingerprint,
        agreed_after(history),
        stale.filter(|is_stale| *is_stale).count(),
        history.runs.len(),
    )
}

/// FNV-1a, as of the traffic.
fn hash(log: &[(Duration, String)]) -> u64 {
    let bytes = log.iter().flat_map(|(at, event)| {
        at.as_nanos().to_le_bytes().into_iter().chain(event.bytes()).chain(*b"\n")
    });
    bytes.fold(0xcbf2_9ce4_8422_2325, |hash, byte| {
        (hash ^ u64::from(byte)).wrapping_mul(0x0100_0000_01b3)
    })
}
