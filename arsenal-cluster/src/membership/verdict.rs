//! Which side of a partition is this node on? Pure: configuration, published lists and live nodes in,
//! verdict out.
//!
//! The verdict counts the *expected* voters, never the live ones, so two sides cannot both win.

use std::{
    collections::{BTreeMap, BTreeSet},
    time::Duration,
};

use arsenal_core::{membership::Verdict, name::NodeName};

use super::facts::Electorate;

/// How long a majority with somebody missing must stand unchanged before it decides.
pub const STABLE_AFTER: Duration = Duration::from_secs(5);

/// What the operator said about voters.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct VoterConfig {
    /// This node.
    pub me: NodeName,
    /// The configured voters; empty for none.
    pub voters: BTreeSet<NodeName>,
    /// Whether there is anybody to join.
    pub has_join: bool,
}

/// What is known of the others at one moment.
#[derive(Clone, Debug)]
pub(super) struct Seen<'a> {
    /// The nodes with a path, with the list that each goes by.
    pub(super) live: &'a BTreeMap<NodeName, Electorate>,
    /// For how long no voter has come or gone.
    pub(super) unchanged_for: Duration,
    /// Whether this node has been with all voters, or with a stable majority, since it started.
    pub(super) had_quorum: bool,
}

/// Whose votes count: the configured list; else the newest that a live node publishes, kept while
/// running; else, with nobody to join, this node; else nobody. Never derived from the join list,
/// which may differ from node to node.
pub(super) fn electorate(
    config: &VoterConfig,
    adopted: &Electorate,
    live: &BTreeMap<NodeName, Electorate>,
) -> Electorate {
    let own = if !config.voters.is_empty() {
        Electorate { version: 1, voters: config.voters.clone() }
    } else if !config.has_join {
        Electorate { version: 1, voters: [config.me.clone()].into() }
    } else {
        Electorate::default()
    };
    let mut best = if adopted.version > own.version { adopted } else { &own };
    for published in live.values() {
        if published.version > best.version {
            best = published;
        }
    }
    best.clone()
}

/// Where this node stands. While it starts it is `forming` until all voters are there, or a majority
/// has stood for [`STABLE_AFTER`]; `unstable` and `minority` are only said of a node that could decide
/// before.
pub(super) fn verdict(config: &VoterConfig, electorate: &Electorate, seen: &Seen<'_>) -> Verdict {
    let voters = &electorate.voters;
    if voters.is_empty() {
        return Verdict::Forming;
    }
    let is_other_list = |other: &Electorate| {
        other.version == electorate.version && other.voters != electorate.voters
    };
    if seen.live.values().any(is_other_list) {
        return Verdict::SplitBrain;
    }
    let is_live = |voter: &&NodeName| **voter == config.me || seen.live.contains_key(*voter);
    let live = voters.iter().filter(is_live).count();
    if live == voters.len() {
        // All voters answer, so nobody else can decide anything: no need to wait.
        let is_alone = live == 1 && voters.contains(&config.me) && seen.live.is_empty();
        return if is_alone { Verdict::Solo } else { Verdict::Whole };
    }
    if live * 2 > voters.len() {
        if seen.unchanged_for >= STABLE_AFTER {
            return Verdict::Majority;
        }
        return if seen.had_quorum { Verdict::Unstable } else { Verdict::Forming };
    }
    if seen.had_quorum { Verdict::Minority } else { Verdict::Forming }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn names(text: &str) -> BTreeSet<NodeName> {
        text.split_whitespace().map(|name| name.parse().unwrap()).collect()
    }

    /// `live`: `name:version=voters`, comma separated. `since`: for how many seconds nothing has
    /// changed, and whether there was a quorum before.
    fn run(me: &str, voters: &str, has_join: bool, live: &str, since: (u64, bool)) -> Verdict {
        let config = VoterConfig { me: me.parse().unwrap(), voters: names(voters), has_join };
        let live = live
            .split(',')
            .filter_map(|entry| {
                let (name, list) = entry.split_once(':')?;
                let (version, voters) = list.split_once('=')?;
                let electorate =
                    Electorate { version: version.parse().unwrap(), voters: names(voters) };
                Some((name.trim().parse().unwrap(), electorate))
            })
            .collect();
        let seen =
            Seen { live: &live, unchanged_for: Duration::from_secs(since.0), had_quorum: since.1 };
        verdict(&config, &electorate(&config, &Electorate::default(), &live), &seen)
    }

    #[test]
    fn verdicts() {
        use Verdict::{Forming, Majority, Minority, Solo, SplitBrain, Unstable, Whole};
        let abc = "a b c";
        for (case, verdict, expected) in [
            ("alone, nothing configured", run("a", "", false, "", (0, false)), Solo),
            ("asked to join, met nobody", run("b", "", true, "", (9, false)), Forming),
            ("joined a solo node", run("b", "", true, "a:1=a", (0, false)), Whole),
            ("that solo node, joined", run("a", "", false, "b:1=a", (0, true)), Whole),
            ("first of three voters", run("a", abc, true, "", (9, false)), Forming),
            ("all three", run("a", abc, true, "b:1=a b c,c:1=a b c", (0, false)), Whole),
            ("one just went", run("a", abc, true, "b:1=a b c", (1, true)), Unstable),
            ("one is gone", run("a", abc, true, "b:1=a b c", (6, true)), Majority),
            ("two of three, at the start", run("a", abc, true, "b:1=a b c", (4, false)), Forming),
            ("the third does not come", run("a", abc, true, "b:1=a b c", (5, false)), Majority),
            ("cut off", run("c", abc, true, "", (6, true)), Minority),
            ("an observer sees one of three", run("d", "", true, "a:1=a b c", (6, false)), Forming),
            ("two solo nodes met", run("a", "", false, "b:1=b", (9, true)), SplitBrain),
            ("even halves", run("a", "a b", true, "", (9, true)), Minority),
        ] {
            assert_eq!(verdict, expected, "{case}");
        }
    }
}
