//! `docs/features.md` and the table of the original in `docs/processes.md`: every feature that they claim has a
//! test, and the test exists.

use std::fs;

use crate::workspace::{root, sources};

/// Rows of the table that name no test must say so.
const LATER: [&str; 3] = ["comes later", "come later", "not possible"];

#[test]
fn every_feature_that_is_claimed_has_a_test() {
    let text = fs::read_to_string(root().join("docs/features.md")).unwrap();
    assert!(assert_rows(&text) > 20);
}

#[test]
fn every_operation_of_the_original_has_a_test() {
    let text = fs::read_to_string(root().join("docs/processes.md")).unwrap();
    let (_, table) = text.split_once("## The operations of Elixir's Arsenal").unwrap();
    assert!(assert_rows(table) > 15);
}

/// How many rows there are, each of which names its tests.
fn assert_rows(text: &str) -> usize {
    let rows: Vec<&str> = text.lines().filter(|line| line.starts_with("| ")).skip(1).collect();
    for row in &rows {
        let cells: Vec<&str> = row.trim_matches('|').split(" | ").map(str::trim).collect();
        let [feature, claim, tests] = cells.as_slice() else {
            assert!(LATER.iter().any(|later| row.contains(later)), "{row}");
            continue;
        };
        let is_later = LATER.iter().any(|later| claim.contains(later));
        assert!(is_later || tests.contains('`'), "`{feature}` has no test");
        tests.split(';').for_each(assert_exists);
    }
    rows.len()
}

/// One part of a row: `` `file`: `test`, `test` ``, a folder of cases, or a program.
fn assert_exists(part: &str) {
    let Some((place, names)) = part.split_once(':') else { return };
    let place = place.trim().trim_matches('`');
    if root().join(place).is_file() {
        return;
    }
    let cases = root().join("tests").join(place);
    let texts: Vec<String> = sources()
        .into_iter()
        .filter(|file| file.to_string_lossy().ends_with(place))
        .map(|file| fs::read_to_string(root().join(file)).unwrap())
        .collect();
    for name in names.split(',').map(|name| name.trim().trim_matches('`')) {
        let called = format!("fn {name}(");
        let is_test = texts.iter().any(|text| text.contains(&called));
        let is_case = cases.join(format!("{name}.rs")).is_file();
        assert!(is_case || is_test, "{place} has no `{name}`");
    }
}
