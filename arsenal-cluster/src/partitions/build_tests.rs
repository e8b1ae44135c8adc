//! What a node shows of who sees whom.

use std::time::Duration;

use super::*;
use crate::{
    membership::{
        Electorate,
        samples::{facts, name, names, reached, stranger},
    },
    partitions::Contradiction,
};

fn electorate() -> Electorate {
    Electorate::new(1, names("a b c"))
}

fn quorum(verdict: Verdict, live: &str) -> Quorum {
    let (live, expected) = (names(live), names("a b c"));
    let missing = expected.difference(&live).cloned().collect();
    Quorum { verdict, live, expected, missing, since: String::from("t0") }
}

/// What `a` shows; times are seconds since `begun`.
fn shown(
    others: &BTreeMap<NodeName, MemberState>,
    quorum: &Quorum,
    begun: Instant,
    now: Instant,
) -> Partitions {
    let own = facts("a", electorate());
    let known = Known { own: &own, others, quorum, evidence: &[], held: None, now };
    partitions(known, |instant| format!("t{}", instant.duration_since(begun).as_secs()))
}

fn sides_of(shown: &Partitions) -> Vec<String> {
    let text = |side: &PartitionSide| {
        side.members.iter().map(NodeName::as_str).collect::<Vec<_>>().join(" ")
    };
    shown.sides.iter().map(text).collect()
}

fn look(shown: &Partitions, from: &str, to: &str) -> String {
    let (from, to) = (name(from), name(to));
    let look = shown
        .pairs
        .iter()
        .find_map(|pair| match (&pair.one, &pair.other) {
            (one, other) if (one, other) == (&from, &to) => Some(&pair.one_sees_other),
            (one, other) if (one, other) == (&to, &from) => Some(&pair.other_sees_one),
            _ => None,
        })
        .unwrap();
    format!("{:?} {}", look.sight, look.since.as_deref().unwrap_or("-"))
}

#[test]
fn while_nothing_is_cut_there_is_one_side() {
    let now = Instant::now();
    let others = ["b", "c"].map(|other| (name(other), reached(facts(other, electorate()), now)));
    let shown = shown(&others.into(), &quorum(Verdict::Whole, "a b c"), now, now);
    assert_eq!(sides_of(&shown), ["a b c"]);
    assert_eq!(shown.pairs.len(), 3);
    assert_eq!(look(&shown, "a", "b"), "Sees t0");
    assert_eq!(look(&shown, "b", "a"), "Sees -", "since when, b does not say");
    assert_eq!((shown.reason.as_str(), shown.advice), ("3 of 3 voters answer", None));
    assert!(shown.contradictions.is_empty() && shown.absent.is_empty());
}

#[test]
fn a_cut_between_two_others_is_seen_from_a_third() {
    let begun = Instant::now();
    let now = begun + Duration::from_secs(9);
    let mut b = reached(facts("b", electorate()), begun);
    let cut = NodeFacts { unreachable: names("c"), ..facts("b", electorate()) };
    b.told(cut.clone(), begun + Duration::from_secs(3));
    b.told(cut, begun + Duration::from_secs(5));
    let c = reached(facts("c", electorate()), begun);
    let others = [(name("b"), b), (name("c"), c)].into();
    let shown = shown(&others, &quorum(Verdict::Whole, "a b c"), begun, now);
    assert_eq!(look(&shown, "b", "c"), "Cut t3", "since it was said first");
    assert_eq!(look(&shown, "c", "b"), "Sees -", "one way only");
    assert_eq!(sides_of(&shown), ["a b c"], "both are reached through a");
}

#[test]
fn a_node_that_only_others_hear_is_another_side() {
    let begun = Instant::now();
    let now = begun + Duration::from_secs(9);
    let mut c = reached(facts("c", electorate()), begun);
    c.path = None;
    c.lost = Some((begun + Duration::from_secs(4), crate::network::Down::Reset));
    c.status = NodeStatus::Partitioned;
    let b = reached(NodeFacts { unreachable: names("c"), ..facts("b", electorate()) }, begun);
    let others = [(name("b"), b), (name("c"), c)].into();
    let shown = shown(&others, &quorum(Verdict::Majority, "a b"), begun, now);
    assert_eq!(look(&shown, "a", "c"), "Cut t4");
    assert_eq!(sides_of(&shown), ["a b", "c"]);
    assert!(
        shown.contradictions.iter().any(|one| matches!(one, Contradiction::BothDecide { .. })),
        "c says that it is whole: {:?}",
        shown.contradictions
    );
}

#[test]
fn a_node_that_is_down_or_new_is_on_no_side() {
    let begun = Instant::now();
    let mut gone = stranger(begun);
    gone.facts = Some((facts("b", electorate()), begun));
    let others = [(name("b"), gone), (name("c"), stranger(begun))].into();
    let now = begun + Duration::from_millis(1_500);
    let shown = shown(&others, &quorum(Verdict::Minority, "a"), begun, now);
    assert_eq!(sides_of(&shown), ["a"]);
    let absent: Vec<&str> = shown.absent.iter().map(|one| one.node.as_str()).collect();
    assert_eq!(absent, ["b", "c"]);
    let said = shown.verdicts.iter().find(|one| one.node == name("b")).unwrap();
    assert_eq!((said.is_current, said.age_ms), (false, 1_500), "what it said last");
    assert!(shown.advice.unwrap().contains("resolve"));
}
