//! Trees of processes that exist on paper only.

use super::{
    Omission, OmittedBy, SupervisedProcess, SupervisionTrees,
    forest::{Fact, Forest},
    picture::{Bounds, picture},
};
use crate::process::{Process, ProcessId};

const ALL: Bounds = Bounds { depth: 60, limit: 1000 };

/// A process below another, 0 for none; `!` says that it ails, `?` that it is no match.
fn fact((local, above, marks): (u64, u64, &str)) -> Fact<u64> {
    Fact {
        local,
        above: (above > 0).then_some(above),
        ails: marks.contains('!'),
        is_match: !marks.contains('?'),
        process: local,
    }
}

fn trees(facts: &[(u64, u64, &str)], only_failing: bool, bounds: Bounds) -> SupervisionTrees {
    let forest = Forest::new(facts.iter().copied().map(fact).collect(), only_failing);
    let show = |local: &u64| {
        let pid = ProcessId { node: "a".parse().unwrap(), generation: 1, local: *local };
        SupervisedProcess::of(Process::sample(pid))
    };
    picture(&forest, bounds, show)
}

/// `1(2! 3)`: children in brackets, `!` behind what fails, `-2` for two that are not shown.
fn drawn(row: &SupervisedProcess) -> String {
    let mut parts: Vec<String> = row.children.iter().map(drawn).collect();
    parts.extend(row.omitted.map(|omitted| format!("-{}", omitted.processes)));
    let below = if parts.is_empty() { String::new() } else { format!("({})", parts.join(" ")) };
    format!("{}{}{below}", row.pid.local, if row.failing { "!" } else { "" })
}

fn draw(facts: &[(u64, u64, &str)], only_failing: bool, bounds: Bounds) -> String {
    trees(facts, only_failing, bounds).roots.iter().map(drawn).collect::<Vec<_>>().join(" ")
}

/// Two trees: one of three levels with a leaf that ails, one of two.
const TWO: &[(u64, u64, &str)] =
    &[(5, 2, "!"), (1, 0, ""), (2, 1, ""), (3, 1, ""), (4, 2, ""), (6, 0, ""), (7, 6, "")];

#[test]
fn paths_to_what_fails_are_marked_and_everything_is_in_the_order_of_starts() {
    assert_eq!(draw(TWO, false, ALL), "1!(2!(4 5!) 3) 6(7)");
    assert_eq!(draw(TWO, true, ALL), "1!(2!(5!))");
    let whole = trees(TWO, false, ALL);
    assert_eq!((whole.processes, whole.shown, whole.omitted), (7, 7, None));
    let failing = trees(TWO, true, ALL);
    assert_eq!((failing.processes, failing.shown), (3, 3));
    assert_eq!(failing.roots[0].children_total, 2, "of which one does well");
}

#[test]
fn only_paths_to_what_matches_are_kept() {
    let facts = [(1, 0, "?"), (2, 1, "?"), (3, 1, ""), (4, 2, "?!"), (5, 3, "?"), (6, 0, "?")];
    assert_eq!(draw(&facts, false, ALL), "1!(3)");
    assert_eq!(draw(&facts, true, ALL), "", "what fails is not what matches");
    assert_eq!(trees(&facts, false, ALL).processes, 2);
    let above = [(1, 0, "?"), (2, 1, ""), (3, 2, "?!")];
    assert_eq!(draw(&above, true, ALL), "1!(2!)", "what fails may be below what matches");
}

#[test]
fn what_is_too_deep_is_counted_and_still_makes_its_path_fail() {
    let one = Bounds { depth: 1, ..ALL };
    assert_eq!(draw(TWO, false, one), "1!(-4) 6(-1)");
    let two = Bounds { depth: 2, ..ALL };
    assert_eq!(draw(TWO, false, two), "1!(2!(-2) 3) 6(7)");
    let omitted = trees(TWO, false, one).roots[0].omitted;
    assert_eq!(omitted, Some(Omission { processes: 4, by: OmittedBy::Depth }));
}

#[test]
fn upper_levels_are_shown_before_lower_ones() {
    for (limit, drawn) in [
        (1, "1!(-4)"),
        (2, "1!(-4) 6(-1)"),
        (3, "1!(2!(-2) -1) 6(-1)"),
        (5, "1!(2!(-2) 3) 6(7)"),
        (6, "1!(2!(4 -1) 3) 6(7)"),
    ] {
        let bounds = Bounds { limit, ..ALL };
        assert_eq!(draw(TWO, false, bounds), drawn, "{limit}");
        assert_eq!(trees(TWO, false, bounds).shown, limit);
    }
    let omitted = trees(TWO, false, Bounds { limit: 1, ..ALL }).omitted;
    assert_eq!(omitted, Some(Omission { processes: 2, by: OmittedBy::Limit }));
}

#[test]
fn who_lost_its_supervisor_is_a_root_and_a_circle_is_opened() {
    assert_eq!(draw(&[(2, 1, ""), (3, 2, "")], false, ALL), "2(3)");
    assert_eq!(draw(&[(1, 1, "")], false, ALL), "1");
    assert_eq!(
        draw(&[(1, 3, ""), (2, 1, "!"), (3, 2, ""), (4, 3, "")], false, ALL),
        "1!(2!(3(4)))"
    );
    assert_eq!(draw(&[], false, ALL), "");
}

#[test]
fn many_and_deep_processes_are_no_matter() {
    let chain: Vec<_> = (1..=100_000).map(|local| (local, local - 1, "")).collect();
    let deep = trees(&chain, false, ALL);
    assert_eq!((deep.processes, deep.shown), (100_000, 60));
    let mut wide: Vec<_> = (2..=100_000).map(|local| (local, 1, "")).collect();
    wide.push((1, 0, "!"));
    let wide = trees(&wide, false, Bounds { depth: 60, limit: 100_000 });
    assert!(wide.shown < 20_000, "an answer fits into a frame: {}", wide.shown);
    let omitted = wide.roots[0].omitted.unwrap();
    assert_eq!(wide.shown + omitted.processes, 100_000);
    assert!(serde_json::to_vec(&wide).unwrap().len() < 1 << 20);
}
