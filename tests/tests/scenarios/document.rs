//! `docs/scenarios.md` is written from the list.

use std::{fmt::Write as _, fs, path::Path};

use crate::list::{Needs, Scenario};

const HEAD: &str = "\
# Scenarios

What a cluster lives through, and how it must look and answer then. Each is played twice: on the simulated
world, where time is virtual and every bound is exact, and on real processes with real sockets and signals.
The checks are the same, and so must be what both have shown.

```sh
cargo test -p arsenal-tests --test scenarios                             # all, on both
ARSENAL_SCENARIO=flapping cargo test -p arsenal-tests --test scenarios   # those with this in their names
```

Links between real processes are cut in network namespaces, which needs Linux and root: without them, the
scenarios that need cuts are skipped, named and counted. A slow link needs netem in the kernel as well.

This file is written by the test that compares it: `ARSENAL_SCENARIOS=overwrite`.

| scenario | what it shows | real links |
|---|---|---|
";

/// The committed document is the one that the list makes.
pub(crate) fn assert_lists(scenarios: &[Scenario]) {
    let file = Path::new(env!("CARGO_MANIFEST_DIR")).join("../docs/scenarios.md");
    let expected = written(scenarios);
    if std::env::var("ARSENAL_SCENARIOS").as_deref() == Ok("overwrite") {
        fs::write(&file, &expected).expect("it can be written");
    }
    let committed = fs::read_to_string(&file).unwrap_or_default();
    assert!(committed == expected, "docs/scenarios.md is out of date: ARSENAL_SCENARIOS=overwrite");
    let mut names: Vec<&str> = scenarios.iter().map(|scenario| scenario.name).collect();
    names.sort_unstable();
    names.dedup();
    assert_eq!(names.len(), scenarios.len(), "each has a name of its own");
    assert!(names.len() >= 25, "{}", names.len());
}

fn written(scenarios: &[Scenario]) -> String {
    let mut text = HEAD.to_owned();
    for scenario in scenarios {
        let needs = match scenario.needs {
            Needs::Nothing => "",
            Needs::Cuts => "cut",
            Needs::Delays => "slow",
        };
        let (name, shows) = (scenario.name, scenario.shows);
        writeln!(text, "| `{name}` | {shows} | {needs} |").expect("a text takes everything");
    }
    text
}
