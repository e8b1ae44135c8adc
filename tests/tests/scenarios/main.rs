//! What a cluster lives through, played twice: on the simulated world and on real processes, with the
//! same checks of states, answers and error codes. What both have shown is compared.
//!
//! `ARSENAL_SCENARIO=part_of_a_name` plays only some of them.

#[cfg(test)]
mod detection;
#[cfg(test)]
mod document;
#[cfg(test)]
#[path = "../cluster/harness/mod.rs"]
#[expect(
    dead_code,
    unused_imports,
    reason = "shared with the tests of the cluster, which use it all"
)]
mod harness;
#[cfg(test)]
mod list;
#[cfg(test)]
mod play;
#[cfg(test)]
mod real;
#[cfg(test)]
mod report;
#[cfg(test)]
mod scene;
#[cfg(test)]
mod simulated;
#[cfg(test)]
mod stage;

// Operations of the program under test: the simulated nodes serve them, too.
#[cfg(test)]
#[path = "../../src/place.rs"]
mod place;

use std::io::Write as _;

#[cfg(test)]
use crate::{
    detection::{Figure, late, table},
    list::all,
    play::{Outcome, real, simulated},
    report::Report,
};

arsenal_core::operations!(arsenal_server);

#[test]
fn the_simulated_world_shows_every_scenario() {
    let outcomes = simulated(&all());
    let figures: Vec<_> = outcomes.iter().flat_map(Outcome::figures).copied().collect();
    tell(&table("simulated, virtual time", &figures));
    let failed: Vec<String> = outcomes.iter().filter_map(Outcome::failure).collect();
    assert!(failed.is_empty(), "{}", failed.join("\n"));
    assert_in_time(&figures);
}

#[test]
fn real_processes_show_the_same() {
    let report = Report { simulated: simulated(&all()), real: real(&all()) };
    tell(&report.to_string());
    let figures: Vec<_> = report.real.iter().flat_map(Outcome::figures).copied().collect();
    tell(&table("real processes", &figures));
    let differences = report.differences();
    assert!(differences.is_empty(), "{}", differences.join("\n"));
    assert_in_time(&figures);
}

#[test]
fn the_document_lists_the_scenarios() {
    document::assert_lists(&all());
}

#[cfg(test)]
fn assert_in_time(figures: &[Figure]) {
    let late = late(figures);
    assert!(late.is_empty(), "{}", late.join("\n"));
}

/// Past the test runner, which keeps what a test that passes prints.
fn tell(text: &str) {
    let mut out = std::io::stderr().lock();
    writeln!(out, "\n{text}").expect("there is a place for it");
}
