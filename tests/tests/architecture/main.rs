//! The rules of the code base that no compiler checks: see ARCHITECTURE.md.

#[cfg(test)]
mod features;
#[cfg(test)]
mod naming;
#[cfg(test)]
mod workspace;

use std::fs;

use naming::assert_named_only;
use workspace::{cargo, manifests, packages, root, sources};

/// Each crate with those of ours that it may depend on.
const OURS: [(&str, &[&str]); 8] = [
    ("arsenal-macros", &[]),
    ("arsenal-core", &["arsenal-macros"]),
    ("arsenal-cluster", &["arsenal-core"]),
    ("arsenal-operations", &["arsenal-core", "arsenal-cluster"]),
    ("arsenal-server", &["arsenal-core", "arsenal-cluster", "arsenal-operations"]),
    ("custom-operation", &["arsenal-core", "arsenal-server"]),
    ("embed", &["arsenal-cluster", "arsenal-server"]),
    ("arsenal-tests", &["arsenal-core", "arsenal-cluster", "arsenal-server"]),
];

/// Each crate with those of others that it must not depend on itself.
const FORBIDDEN: [(&str, &[&str]); 3] = [
    ("arsenal-core", &["ractor", "ractor_cluster"]),
    ("arsenal-cluster", &["axum"]),
    ("arsenal-operations", &["axum", "ractor", "ractor_cluster"]),
];

const FILE_LINES_MAX: usize = 500;
const ARCHITECTURE_LINES_MAX: usize = 200;

/// Names that say nothing.
const EMPTY_NAMES: [&str; 7] = ["common", "helper", "helpers", "manager", "misc", "util", "utils"];

#[test]
fn crates_depend_on_each_other_in_one_direction() {
    for (name, dependencies) in packages() {
        let (_, allowed) = OURS
            .iter()
            .find(|(ours, _)| *ours == name)
            .unwrap_or_else(|| panic!("`{name}` is missing in the table of this test"));
        let is_ours = |dependency: &&String| OURS.iter().any(|(ours, _)| ours == dependency);
        for dependency in dependencies.iter().filter(is_ours) {
            assert!(allowed.contains(&dependency.as_str()), "{name} depends on {dependency}");
        }
        let forbidden = FORBIDDEN.iter().find(|(ours, _)| *ours == name);
        for dependency in forbidden.map_or(&[][..], |(_, forbidden)| forbidden) {
            assert!(!dependencies.contains(*dependency), "{name} depends on {dependency}");
        }
        if name == "arsenal-macros" {
            let expected = ["proc-macro2", "quote", "syn"].map(String::from);
            assert_eq!(dependencies, expected.into(), "every user waits for what it depends on");
        }
    }
}

#[test]
fn core_has_no_ractor_in_its_whole_tree() {
    let tree =
        cargo(&["tree", "--package", "arsenal-core", "--edges", "normal", "--prefix", "none"]);
    assert!(tree.contains("serde_json v"), "{tree}");
    for line in tree.lines() {
        assert!(!line.starts_with("ractor"), "arsenal-core needs {line}");
    }
}

#[test]
fn concrete_parts_are_named_where_they_belong() {
    assert_named_only("arsenal-core/src", "axum", &["arsenal-core/src/http/"]);
    assert_named_only(
        "arsenal-core/src",
        "utoipa",
        &["arsenal-core/src/openapi/frame.rs", "arsenal-core/src/http/documents.rs"],
    );
    assert_named_only(
        "arsenal-cluster/src",
        "ractor_cluster",
        &["arsenal-cluster/src/network/ractor/"],
    );
    assert_named_only(
        "arsenal-cluster/src",
        "hickory_resolver",
        &["arsenal-cluster/src/discovery/dns/"],
    );
    assert_named_only("server/src", "RactorNetwork", &["server/src/run.rs"]);
}

#[test]
fn files_are_short_and_say_what_they_are_for() {
    for file in sources() {
        let text = fs::read_to_string(root().join(&file)).unwrap();
        let lines = text.lines().take_while(|line| *line != "#[cfg(test)]").count();
        assert!(lines <= FILE_LINES_MAX, "{} has {lines} lines", file.display());
        for part in &file {
            let name = part.to_string_lossy();
            let name = name.trim_end_matches(".rs");
            assert!(
                !EMPTY_NAMES.contains(&name),
                "{} has a name that says nothing",
                file.display()
            );
        }
        let is_of_a_test = file.iter().any(|part| part == "tests");
        let is_introduced = is_of_a_test || text.starts_with("//!");
        assert!(is_introduced, "{} does not say what it is for", file.display());
    }
}

#[test]
fn every_crate_takes_the_lints_of_the_workspace() {
    for manifest in manifests() {
        let text = fs::read_to_string(&manifest).unwrap();
        let has_lints = text.contains("\n[lints]\nworkspace = true\n");
        assert!(has_lints, "{} has no `[lints] workspace = true`", manifest.display());
    }
}

#[test]
fn the_architecture_fits_in_a_short_read() {
    let text = fs::read_to_string(root().join("ARCHITECTURE.md")).unwrap();
    let lines = text.lines().count();
    assert!((1..=ARCHITECTURE_LINES_MAX).contains(&lines), "{lines} lines");
    for (name, _) in OURS {
        let folder = name.trim_start_matches("arsenal-");
        assert!(text.contains(folder), "it does not name {name}");
    }
}
