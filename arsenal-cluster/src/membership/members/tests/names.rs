//! Processes that have the name of another one.

use super::*;
use crate::membership::members::names::REFUSED_MAX;

/// Gossip of both starts of `b`, for 20 rounds; `who` says what else is heard.
fn hear_twins(members: &mut Members, from: Instant, who: impl Fn() -> Vec<Heard>) -> Instant {
    let mut now = from;
    for heartbeat in 0..20 {
        now += SECOND / 4;
        let twins = [heard("b", 1, heartbeat), heard("b", 2, heartbeat)];
        members.heard(twins.into_iter().chain(who()).collect(), now);
    }
    now
}

/// What another node says: this start of `b` has a path to it.
fn holds(node: &str, generation: u64) -> Heard {
    let mut told = facts(node, Electorate::new(1, names("a b c")));
    told.judgement.holders = [(name("b"), generation)].into();
    Heard { facts: Some(told), ..heard(node, 1, 1) }
}

#[tokio::test(start_paused = true)]
async fn a_restart_takes_the_place_of_the_start_before() {
    let mut now = Instant::now();
    let mut members = a_of("a b c", now);
    members.path_up(&peer("b", 1), now).unwrap();
    members.heard(vec![heard("b", 1, 1)], now);
    members.path_down(&peer("b", 1).id, Down::Closed, now);
    assert_eq!(members.holder(&peer("b", 2).id, now), None, "at once: its connection was closed");
    for heartbeat in 0..20 {
        now += SECOND / 4;
        // Gossip repeats the old one for a while.
        let old = heard("b", 1, 4.min(heartbeat));
        members.heard(vec![old, heard("b", 2, heartbeat)], now);
        assert_ne!(verdict_of(&members), Verdict::SplitBrain);
        assert_eq!(generation_of(&members, "b"), 2);
    }
}

#[tokio::test(start_paused = true)]
async fn a_start_that_others_hear_keeps_its_name_until_it_falls_silent() {
    let mut now = Instant::now();
    let mut members = a_of("a b c", now);
    for heartbeat in 0..10 {
        now += SECOND / 4;
        members.heard(vec![heard("b", 1, heartbeat)], now);
    }
    assert_eq!(members.holder(&peer("b", 2).id, now), Some(peer("b", 1).id));
    assert_eq!(members.holder(&peer("b", 1).id, now), None);
    now = hear_twins(&mut members, now, Vec::new);
    assert_eq!(generation_of(&members, "b"), 1);
    now = pass(&mut members, now, 2);
    assert_eq!(members.holder(&peer("b", 2).id, now), None);
    members.heard(vec![heard("b", 1, 19), heard("b", 2, 30)], now);
    assert_eq!(generation_of(&members, "b"), 2);
}

#[tokio::test(start_paused = true)]
async fn a_node_that_comes_last_takes_in_the_start_that_the_others_did() {
    let now = Instant::now();
    let mut members = a_of("a b c", now);
    let refused_first = [heard("b", 2, 1), heard("b", 1, 1)];
    members.heard(refused_first.into(), now);
    assert_eq!(generation_of(&members, "b"), 2);
    members.heard(vec![heard("b", 2, 2), heard("b", 1, 2), holds("c", 1)], now);
    assert_eq!(members.holder(&peer("b", 2).id, now), Some(peer("b", 1).id));
    assert_eq!(members.holder(&peer("b", 1).id, now), None);
    members.path_up(&peer("b", 1), now).unwrap();
    assert_eq!(generation_of(&members, "b"), 1);
    let now = hear_twins(&mut members, now, || vec![holds("c", 1)]);
    assert_eq!(generation_of(&members, "b"), 1);
    // What it said of a start that has died since counts no longer.
    members.path_down(&peer("b", 1).id, Down::Closed, now);
    let now = pass(&mut members, now, 2);
    members.heard(vec![heard("b", 1, 19), heard("b", 2, 30), holds("c", 1)], now);
    assert_eq!(members.holder(&peer("b", 2).id, now), None);
}

#[tokio::test(start_paused = true)]
async fn a_newcomer_that_all_refuse_is_told_once_and_stops_nobody() {
    let now = Instant::now();
    let mut members = a_of("a b c", now);
    for voter in ["b", "c"] {
        members.path_up(&peer(voter, 1), now).unwrap();
    }
    members.take_changes();
    let now = hear_twins(&mut members, now, || vec![holds("c", 1)]);
    members.refused(&peer("b", 2).id, &peer("b", 1).id);
    assert_eq!(members.holders(), [(name("b"), 1)].into());
    assert_eq!((generation_of(&members, "b"), verdict_of(&members)), (1, Verdict::Whole));
    let told = Change::NameRefused { node: name("b"), generation: 2, holder: 1 };
    assert_eq!(members.take_changes(), [told]);
    // But where another node has a path to it, there are two authorities. At first that may only be
    // the news of one that has died.
    members.heard(vec![heard("b", 1, 30), heard("b", 2, 30), holds("c", 2)], now);
    assert_eq!(verdict_of(&members), Verdict::Unstable);
    members.heard(vec![heard("b", 1, 31), heard("b", 2, 31), holds("c", 1)], now);
    assert_eq!(verdict_of(&members), Verdict::Whole);
    hear_twins(&mut members, now, || vec![holds("c", 2)]);
    assert_eq!(verdict_of(&members), Verdict::SplitBrain);
}

#[tokio::test(start_paused = true)]
async fn a_name_that_does_not_vote_stops_nobody() {
    let now = Instant::now();
    let mut members = a_of("a c", now);
    for peer in [peer("b", 1), peer("c", 1)] {
        members.path_up(&peer, now).unwrap();
    }
    let mut told = facts("c", Electorate::new(1, names("a c")));
    told.judgement.holders = [(name("b"), 2)].into();
    let c = Heard { facts: Some(told), ..heard("c", 1, 1) };
    let now = hear_twins(&mut members, now, || vec![c.clone()]);
    assert_eq!(members.duplicates(now).keys().collect::<Vec<_>>(), [&name("b")]);
    assert_eq!(verdict_of(&members), Verdict::Whole);
}

fn alone(voters: &str, has_join: bool, now: Instant) -> Members {
    let config = VoterConfig { me: name("b"), voters: names(voters), has_join };
    Members::new(config, 2, now)
}

#[tokio::test(start_paused = true)]
async fn a_node_whose_name_is_held_decides_nothing_and_may_come_later() {
    let mut now = Instant::now();
    // It hears of a cluster that goes by the vote of its name.
    let mut members = alone("", true, now);
    let told = facts("c", Electorate::new(1, names("b")));
    for heartbeat in 0..20 {
        now += SECOND / 4;
        let c = Heard { facts: Some(told.clone()), ..heard("c", 1, heartbeat) };
        members.heard(vec![heard("b", 1, heartbeat), c], now);
        assert_eq!(verdict_of(&members), Verdict::Forming);
    }
    assert_eq!(members.electorate().voters, names("b"));
    members.name_held(&peer("b", 1).id, now);
    members.name_held(&peer("b", 1).id, now);
    let held = Change::NameHeld { holder: 1 };
    let count = members.take_changes().iter().filter(|change| **change == held).count();
    assert_eq!(count, 1);
    now = pass(&mut members, now, 9);
    assert_eq!(verdict_of(&members), Verdict::Forming);
    members.path_up(&peer("c", 1), now).unwrap();
    assert_eq!(verdict_of(&members), Verdict::Whole, "it was taken in");
    assert!(members.split().is_none());
}

#[tokio::test(start_paused = true)]
async fn a_node_in_company_that_somebody_refuses_says_nothing_of_it() {
    let now = Instant::now();
    let mut members = a_of("a b c", now);
    members.path_up(&peer("b", 1), now).unwrap();
    members.take_changes();
    for _ in 0..3 {
        members.name_held(&peer("a", 2).id, now);
        members.tick(now);
    }
    assert_eq!(members.take_changes(), []);
}

#[tokio::test(start_paused = true)]
async fn refused_starts_from_long_ago_do_not_hide_new_ones() {
    let now = Instant::now();
    let mut members = a_of("a b c", now);
    let told = |members: &mut Members, generation| {
        members.refused(&peer("b", generation).id, &peer("b", 1).id);
        members.take_changes().iter().any(|change| matches!(change, Change::NameRefused { .. }))
    };
    members.heard(vec![heard("b", 2, 1)], now);
    let remembered = u64::try_from(REFUSED_MAX).unwrap();
    for generation in 2..2 + remembered {
        assert!(told(&mut members, generation));
    }
    assert!(told(&mut members, 2 + remembered));
    assert!(!told(&mut members, 2), "gossip still knows it");
}

#[tokio::test(start_paused = true)]
async fn two_nodes_of_one_name_that_decided_alone_are_two_authorities() {
    let mut now = Instant::now();
    let mut members = alone("", false, now);
    assert_eq!(verdict_of(&members), Verdict::Solo);
    members.heard(vec![heard("b", 1, 0)], now);
    assert_eq!(verdict_of(&members), Verdict::Unstable);
    for heartbeat in 1..40 {
        now += SECOND / 4;
        members.heard(vec![heard("b", 1, heartbeat)], now);
        assert_ne!(verdict_of(&members), Verdict::Solo);
    }
    assert_eq!(verdict_of(&members), Verdict::SplitBrain);
}
