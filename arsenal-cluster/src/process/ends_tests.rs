//! Which ends the log tells, in whatever order their halves come.

use std::time::UNIX_EPOCH;

use super::*;
use crate::{WallClock, test_log::Lines};

/// Far above what other tests of this process start.
const LOCAL: u64 = 1 << 60;

/// How often a failure is told in the log when this happens to a process.
fn told(happens: impl FnOnce(&ProcessTable)) -> usize {
    let (lines, _logging) = Lines::of_this_thread();
    let table = ProcessTable::new("a".parse().unwrap(), 1, false, WallClock::set(UNIX_EPOCH));
    happens(&table);
    assert_eq!(table.counts().started_by_arsenal, 0);
    assert!(table.names().is_empty());
    let text = lines.text();
    text.lines().filter(|line| line.contains("a process failed") && line.contains("broken")).count()
}

fn start(table: &ProcessTable) {
    table.started(LOCAL, None);
    table.name("shop".parse().unwrap(), LOCAL).unwrap();
}

#[test]
fn a_failure_is_told_once_in_whatever_order_it_is_learned() {
    let hears = |table: &ProcessTable| table.heard_of_end(LOCAL, Some("broken"));
    let finds = |table: &ProcessTable| table.found_ended(LOCAL);
    let as_usual = told(|table| {
        start(table);
        hears(table);
        hears(table);
        finds(table);
    });
    let found_first = told(|table| {
        start(table);
        finds(table);
        hears(table);
        hears(table);
    });
    let before_its_start = told(|table| {
        hears(table);
        hears(table);
        start(table);
        finds(table);
        finds(table);
    });
    assert_eq!((as_usual, found_first, before_its_start), (1, 1, 1));
}

#[test]
fn an_end_that_is_no_failure_is_not_told_and_nothing_is_kept_of_it() {
    let none = told(|table| {
        start(table);
        table.found_ended(LOCAL);
        table.heard_of_end(LOCAL, None);
        table.heard_of_end(LOCAL, None);
        assert!(table.table().half_told.unexplained.is_empty());
        start(table);
        table.heard_of_end(LOCAL, None);
    });
    assert_eq!(none, 0);
}

#[test]
fn no_more_halves_are_kept_than_there_is_room_for() {
    let mut halves = HalfTold::default();
    let bound = u64::try_from(HALVES_MAX).unwrap();
    for local in 0..3 * bound {
        halves.explained(2 * local, Some("broken"));
        halves.found(2 * local + 1, Called(None));
    }
    assert_eq!((halves.failures.len(), halves.unexplained.len()), (HALVES_MAX, HALVES_MAX));
    assert!(halves.found(6 * bound - 2, Called(None)).is_some(), "the last one is there");
}
