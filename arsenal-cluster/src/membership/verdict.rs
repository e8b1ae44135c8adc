//! Which side of a partition is this node on? Pure: configuration, published lists and live nodes in,
//! verdict out.
//!
//! The verdict counts the *expected* voters, never the live ones, so two sides cannot both win.

use std::{collections::BTreeSet, time::Duration};

use arsenal_core::{defect::Defect, membership::Verdict, name::NodeName};

use super::facts::{CONFIGURED, Electorate};

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
#[derive(Clone, Copy, Debug)]
#[expect(clippy::struct_excessive_bools, reason = "five independent facts, each named")]
pub(super) struct Seen<'a> {
    /// The voters that answer, this node among them if it is one.
    pub(super) live: &'a BTreeSet<NodeName>,
    /// Whether there is a path to anybody.
    pub(super) has_company: bool,
    /// For how long no voter has come or gone.
    pub(super) unchanged_for: Duration,
    /// Whether this node has been with all voters, or with a stable majority, since it started.
    pub(super) had_quorum: bool,
    /// Whether this node did not run, and waits for its paths to be confirmed.
    pub(super) is_confirming: bool,
    /// Whether two authorities were seen.
    pub(super) is_split: bool,
    /// Whether a vote may be the one of another process with the same name.
    pub(super) is_contested: bool,
}

/// Whose votes count: the configured list; else the newest that a live node publishes, kept while
/// running; else, with nobody to join, this node; else nobody. Never derived from the join list,
/// which may differ from node to node. A list that an operator chose in place of one of them wins over
/// it; one that was not is disputed.
pub(super) fn electorate<'a>(
    config: &VoterConfig,
    adopted: &'a Electorate,
    published: impl Iterator<Item = &'a Electorate>,
) -> Electorate {
    let own = if !config.voters.is_empty() {
        Electorate::new(CONFIGURED, config.voters.clone())
    } else if !config.has_join {
        Electorate::new(CONFIGURED, [config.me.clone()].into())
    } else {
        Electorate::default()
    };
    let mut best = if adopted.version > own.version { adopted } else { &own };
    for other in published {
        if other.succeeds(best) {
            best = other;
        }
    }
    best.clone()
}

/// Where this node stands. While it starts it is `forming` until all voters are there, or a majority
/// has stood for [`STABLE_AFTER`]; `unstable` and `minority` are only said of a node that could decide
/// before.
pub(super) fn verdict(me: &NodeName, electorate: &Electorate, seen: &Seen<'_>) -> Verdict {
    let voters = &electorate.voters;
    if seen.is_split {
        return Verdict::SplitBrain;
    }
    if voters.is_empty() {
        return Verdict::Forming;
    }
    let live = voters.intersection(seen.live).count();
    let expected = if Defect::QuorumOfLive.is_present() { live } else { voters.len() };
    let is_majority = live * 2 > expected;
    if is_majority && seen.is_contested {
        // Its vote may be the one of the other process.
        return if seen.had_quorum { Verdict::Unstable } else { Verdict::Forming };
    }
    if live == expected {
        // All voters answer, so nobody else can decide anything: no need to wait.
        let is_alone = live == 1 && voters.contains(me) && !seen.has_company;
        return if is_alone { Verdict::Solo } else { Verdict::Whole };
    }
    match (is_majority, seen.had_quorum) {
        (true, _) if seen.unchanged_for >= STABLE_AFTER => Verdict::Majority,
        (true, true) => Verdict::Unstable,
        (_, false) => Verdict::Forming,
        // Who is with it will show in a moment.
        (false, true) if seen.is_confirming => Verdict::Unstable,
        (false, true) => Verdict::Minority,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn names(text: &str) -> BTreeSet<NodeName> {
        text.split_whitespace().map(|name| name.parse().unwrap()).collect()
    }

    /// `voters` decide; `live` of them answer; for `seconds` nobody came or went.
    fn run(me: &str, voters: &str, live: &str, seconds: u64, had_quorum: bool) -> Verdict {
        let live = names(live);
        let seen = Seen {
            live: &live,
            has_company: live.len() > 1,
            unchanged_for: Duration::from_secs(seconds),
            had_quorum,
            is_confirming: false,
            is_split: false,
            is_contested: false,
        };
        let electorate = Electorate::new(1, names(voters));
        verdict(&me.parse().unwrap(), &electorate, &seen)
    }

    #[test]
    fn verdicts() {
        use Verdict::{Forming, Majority, Minority, Solo, Unstable, Whole};
        let abc = "a b c";
        for (case, verdict, expected) in [
            ("alone", run("a", "a", "a", 0, false), Solo),
            ("nobody votes", run("b", "", "", 9, false), Forming),
            ("joined a solo node", run("b", "a", "a", 0, false), Whole),
            ("first of three voters", run("a", abc, "a", 9, false), Forming),
            ("all three", run("a", abc, abc, 0, false), Whole),
            ("one just went", run("a", abc, "a b", 1, true), Unstable),
            ("one is gone", run("a", abc, "a b", 6, true), Majority),
            ("two of three, at the start", run("a", abc, "a b", 4, false), Forming),
            ("the third does not come", run("a", abc, "a b", 5, false), Majority),
            ("cut off", run("c", abc, "c", 6, true), Minority),
            ("an observer sees one of three", run("d", abc, "a", 6, false), Forming),
            ("even halves", run("a", "a b", "a", 9, true), Minority),
            ("half of four", run("a", "a b c d", "a b", 9, true), Minority),
        ] {
            assert_eq!(verdict, expected, "{case}");
        }
    }

    #[test]
    fn a_split_and_a_pause_stop_everything() {
        let live = names("a b c");
        let electorate = Electorate::new(1, names("a b c"));
        let seen = Seen {
            live: &live,
            has_company: true,
            unchanged_for: Duration::from_mins(1),
            had_quorum: true,
            is_confirming: true,
            is_split: false,
            is_contested: false,
        };
        let me = "a".parse().unwrap();
        assert_eq!(verdict(&me, &electorate, &seen), Verdict::Whole, "all have confirmed");
        let split = Seen { is_split: true, ..seen };
        assert_eq!(verdict(&me, &electorate, &split), Verdict::SplitBrain);
        let contested = Seen { is_contested: true, had_quorum: false, ..seen };
        assert_eq!(verdict(&me, &electorate, &contested), Verdict::Forming, "whose vote is it?");
        let alone = names("a");
        let woken = Seen { live: &alone, ..seen };
        assert_eq!(verdict(&me, &electorate, &woken), Verdict::Unstable);
    }

    #[test]
    fn whose_votes_count() {
        let run = |voters: &str, has_join: bool, adopted: (u64, &str), told: (u64, &str)| {
            let config = VoterConfig { me: "a".parse().unwrap(), voters: names(voters), has_join };
            let list = |(version, voters): (u64, &str)| {
                let before = Electorate::new(version.saturating_sub(1), names("a b c"));
                Electorate::in_place_of(version, names(voters), &[&before])
            };
            let chosen = electorate(&config, &list(adopted), [list(told)].iter());
            let voters: Vec<&str> = chosen.voters.iter().map(NodeName::as_str).collect();
            format!("{}: {}", chosen.version, voters.join(" "))
        };
        let none = (0, "");
        assert_eq!(run("", false, none, none), "1: a", "nobody to join: itself");
        assert_eq!(run("", true, none, none), "0: ", "asked to join: nobody yet");
        assert_eq!(run("", true, none, (1, "b")), "1: b", "what a live node publishes");
        assert_eq!(run("", true, (1, "b"), none), "1: b", "kept while running");
        assert_eq!(run("a b c", true, none, (1, "b")), "1: a b c", "the configured list");
        assert_eq!(run("a b c", true, none, (2, "b c d")), "2: b c d", "an operator's choice");
        assert_eq!(run("a b c", true, (3, "a"), (2, "b c d")), "3: a", "the newest of two");
        assert_eq!(run("a", true, none, (2, "b c d")), "1: a", "chosen by another cluster");
    }
}
