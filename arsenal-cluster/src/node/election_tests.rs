//! Voters that were chosen by what is not so any more.

use crate::membership::{
    VoterConfig,
    samples::{name, names},
};
use crate::resolution::VoterList;
use arsenal_core::membership::Verdict;

use super::*;

fn members(now: Instant) -> Members {
    let config = VoterConfig { me: name("a"), voters: names("a b c"), has_join: false };
    Members::new(config, 1, now)
}

/// A plan that was made when the list of voters was this one.
fn planned(before: &Electorate, voters: &str) -> Resolution {
    let before = VoterList::from(before.clone());
    let is_change = before.voters != names(voters);
    let version = before.version + u64::from(is_change);
    Resolution {
        is_done: false,
        node: name("a"),
        verdict_before: Verdict::Forming,
        before,
        after: VoterList { version, voters: names(voters) },
        asked: names("a"),
        unreached: BTreeSet::new(),
        deciding_side: None,
        decides_here: false,
        effects: Vec::new(),
        warnings: Vec::new(),
        adopted: None,
        pending: None,
        is_kept: None,
    }
}

#[test]
fn of_two_operators_that_looked_at_the_same_list_one_is_told_that_it_has_changed() {
    let now = Instant::now();
    let mut members = members(now);
    let plans = ["a b", "a c"].map(|voters| planned(members.electorate(), voters));
    assert_eq!(decide(&mut members, &plans[0], Some(2), now).unwrap().version, 2);
    let refused = decide(&mut members, &plans[1], Some(2), now);
    assert_eq!(refused, Err(NotElected::Outdated(3)));
    assert_eq!(members.electorate().voters, names("a b"), "nothing was changed");
}

#[test]
fn voters_that_decide_no_longer_are_not_said_to_be_chosen() {
    let now = Instant::now();
    let mut members = members(now);
    let nothing_to_do = planned(members.electorate(), "a b c");
    assert_eq!(decide(&mut members, &nothing_to_do, None, now).unwrap().version, 1);
    members.elect(names("a"), now);
    let refused = decide(&mut members, &nothing_to_do, None, now);
    assert_eq!(refused, Err(NotElected::Outdated(3)));
}
