//! What a node makes of paths, beats and gossip.

mod names;

use super::*;
use crate::membership::{
    samples::{facts, name, names},
    verdict::STABLE_AFTER,
};

fn a_of(voters: &str, now: Instant) -> Members {
    let config = VoterConfig { me: name("a"), voters: names(voters), has_join: true };
    Members::new(config, 1, now)
}

fn peer(text: &str, generation: u64) -> Peer {
    let id = PeerId { name: name(text), generation };
    Peer { id, address: ([127, 0, 0, 1], 7000).into() }
}

fn heard(text: &str, generation: u64, heartbeat: u64) -> Heard {
    let Peer { id, address } = peer(text, generation);
    Heard { id, address, is_live: true, heartbeat, facts: None }
}

/// A path that answered a ping that was sent at this time.
fn beat(text: &str, missed: u32, confirmed_at: Instant) -> PeerState {
    PeerState {
        peer: peer(text, 1),
        rtt: Some(Duration::from_millis(1)),
        missed,
        up_since: confirmed_at,
        confirmed_at: Some(confirmed_at),
        calls_in_flight: 0,
        streams_opened: 0,
        streams_served: 0,
        unread_bytes: 0,
    }
}

fn generation_of(members: &Members, node: &str) -> u64 {
    members.others()[&name(node)].generation
}

fn statuses(members: &Members) -> String {
    let view = members.view(|_| String::new());
    let text = |member: &Member| format!("{} {:?}", member.name, member.status);
    view.members.iter().map(text).collect::<Vec<_>>().join(", ")
}

fn verdict_of(members: &Members) -> Verdict {
    members.verdict().0
}

const SECOND: Duration = Duration::from_secs(1);

/// Lets time pass as a node that runs does.
fn pass(members: &mut Members, from: Instant, seconds: u32) -> Instant {
    let mut now = from;
    for _ in 0..seconds * 4 {
        now += SECOND / 4;
        members.tick(now);
    }
    now
}

#[tokio::test(start_paused = true)]
async fn a_peer_comes_goes_and_comes_back() {
    let now = Instant::now();
    let mut members = a_of("a b c", now);
    assert_eq!(statuses(&members), "a Up, b Down, c Down");
    members.path_up(&peer("b", 1), now).unwrap();
    members.path_up(&peer("c", 1), now).unwrap();
    assert_eq!(verdict_of(&members), Verdict::Whole);
    members.beat(&[beat("c", 3, now)], now);
    assert_eq!(statuses(&members), "a Up, b Up, c Suspect");
    members.path_down(&peer("c", 1).id, Down::Closed, now);
    assert_eq!(statuses(&members), "a Up, b Up, c Down");
    let now = pass(&mut members, now, 1);
    assert_eq!(verdict_of(&members), Verdict::Unstable);
    let now = pass(&mut members, now, 5);
    assert_eq!(verdict_of(&members), Verdict::Majority);
    members.path_up(&peer("c", 2), now).unwrap();
    members.path_down(&peer("c", 1).id, Down::Closed, now);
    assert_eq!(statuses(&members), "a Up, b Up, c Up", "the end of an old start says nothing");
}

/// What was told of nodes since the last time, as `b None Up`.
fn told(members: &mut Members) -> Vec<String> {
    let text = |change| {
        let Change::NodeStatus { node, before, status, .. } = change else { return None };
        Some(format!("{node} {before:?} {status:?}"))
    };
    members.take_changes().into_iter().filter_map(text).collect()
}

#[tokio::test(start_paused = true)]
async fn nobody_is_told_to_be_down_who_was_not_there_yet() {
    let now = Instant::now();
    let mut members = a_of("a b c", now);
    // c is expected and does not come. b is heard of, then not, then there.
    let now = pass(&mut members, now, 10);
    members.heard(vec![heard("b", 1, 1)], now);
    assert_eq!(told(&mut members), ["b None Suspect"]);
    members.heard(Vec::new(), now);
    let now = pass(&mut members, now, 1);
    assert_eq!(statuses(&members), "a Up, b Down, c Down");
    assert!(told(&mut members).is_empty(), "it may still come");
    members.path_up(&peer("b", 1), now).unwrap();
    assert_eq!(told(&mut members), ["b Some(Suspect) Up"]);
    members.path_down(&peer("b", 1).id, Down::Closed, now);
    assert_eq!(told(&mut members), ["b Some(Up) Down"], "at once");
    // A newcomer that never gets here is told in the end.
    members.heard(vec![heard("d", 1, 1)], now);
    members.heard(Vec::new(), now);
    assert_eq!(told(&mut members), ["d None Suspect"]);
    pass(&mut members, now, 10);
    assert_eq!(told(&mut members), ["d Some(Suspect) Down"]);
}

#[tokio::test(start_paused = true)]
async fn an_observer_that_comes_and_goes_does_not_shake_the_majority() {
    let now = Instant::now();
    let mut members = a_of("a b c", now);
    for voter in ["b", "c"] {
        members.path_up(&peer(voter, 1), now).unwrap();
    }
    members.path_down(&peer("c", 1).id, Down::Closed, now);
    let later = pass(&mut members, now, u32::try_from(STABLE_AFTER.as_secs()).unwrap());
    members.path_up(&peer("observer", 1), later).unwrap();
    assert_eq!(verdict_of(&members), Verdict::Majority);
    members.path_down(&peer("observer", 1).id, Down::Closed, later);
    assert_eq!(verdict_of(&members), Verdict::Majority);
}

#[tokio::test(start_paused = true)]
async fn an_old_process_that_wakes_up_does_not_replace_its_successor() {
    let now = Instant::now();
    let mut members = a_of("a b c", now);
    members.path_up(&peer("b", 2), now).unwrap();
    assert_eq!(members.path_up(&peer("b", 1), now), Err(NotTakenIn::Old));
    members.path_down(&peer("b", 1).id, Down::Closed, now);
    assert_eq!(statuses(&members), "a Up, b Up, c Down");
    members.path_down(&peer("b", 2).id, Down::Closed, now);
    assert_eq!(members.path_up(&peer("b", 1), now), Err(NotTakenIn::Old), "nor later");
    assert_eq!(members.holder(&peer("b", 1).id, now), Some(peer("b", 2).id), "it hears why");
    assert_eq!(statuses(&members), "a Up, b Down, c Down");
}

#[tokio::test(start_paused = true)]
async fn a_node_that_others_hear_is_partitioned_and_not_dead() {
    let mut now = Instant::now();
    let mut members = a_of("a b c", now);
    members.path_up(&peer("b", 1), now).unwrap();
    for heartbeat in 0..20 {
        now += SECOND / 4;
        members.heard(vec![heard("b", 1, heartbeat)], now);
    }
    members.path_down(&peer("b", 1).id, Down::Reset, now);
    assert_eq!(statuses(&members), "a Up, b Partitioned, c Down");
    assert_eq!(members.unreachable(), names("b"));
    // Its heartbeats come more rarely now: gossip has to say that it is dead.
    now = pass(&mut members, now, 3);
    assert_eq!(statuses(&members), "a Up, b Partitioned, c Down");
    members.heard(vec![Heard { is_live: false, ..heard("b", 1, 20) }], now);
    assert_eq!(statuses(&members), "a Up, b Down, c Down");
}

#[tokio::test(start_paused = true)]
async fn a_killed_node_is_down_although_gossip_still_repeats_it() {
    let mut now = Instant::now();
    let mut members = a_of("a b c", now);
    members.path_up(&peer("b", 1), now).unwrap();
    members.heard(vec![heard("b", 1, 1)], now);
    members.path_down(&peer("b", 1).id, Down::Closed, now);
    for heartbeat in 2..5 {
        now += SECOND / 4;
        members.heard(vec![heard("b", 1, heartbeat)], now);
        assert_eq!(statuses(&members), "a Up, b Down, c Down");
    }
    // But heartbeats from long after that mean that only the connection was closed.
    now += ECHO_AND_MORE;
    members.heard(vec![heard("b", 1, 9)], now);
    assert_eq!(statuses(&members), "a Up, b Partitioned, c Down");
}

const ECHO_AND_MORE: Duration = Duration::from_millis(2_500);

#[tokio::test(start_paused = true)]
async fn a_node_that_did_not_run_decides_nothing_until_its_paths_are_confirmed() {
    let now = Instant::now();
    let mut members = a_of("a b c", now);
    for voter in ["b", "c"] {
        members.path_up(&peer(voter, 1), now).unwrap();
    }
    assert_eq!(verdict_of(&members), Verdict::Whole);
    let woken = now + SECOND * 3;
    members.tick(woken);
    assert_eq!(verdict_of(&members), Verdict::Unstable);
    assert!(members.take_changes().contains(&Change::Paused { for_ms: 3_000 }));
    // An answer to a ping from before the pause says nothing.
    members.beat(&[beat("b", 0, now), beat("c", 0, now)], woken);
    assert_eq!(verdict_of(&members), Verdict::Unstable);
    let later = woken + SECOND / 10;
    members.beat(&[beat("b", 0, later), beat("c", 0, later)], later);
    assert_eq!(verdict_of(&members), Verdict::Whole);
}

#[tokio::test(start_paused = true)]
async fn a_sleep_of_the_machine_that_no_instant_shows_is_a_pause() {
    let now = Instant::now();
    let mut members = a_of("a b c", now);
    for voter in ["b", "c"] {
        members.path_up(&peer(voter, 1), now).unwrap();
    }
    assert_eq!(verdict_of(&members), Verdict::Whole);
    drop(members.take_changes());
    let woken = now + SECOND * 3 / 10;
    members.slept(SECOND * 600, woken);
    members.beat(&[beat("b", 0, now), beat("c", 0, now)], woken);
    assert_eq!(verdict_of(&members), Verdict::Unstable);
    let paused = |change: &Change| matches!(change, Change::Paused { .. });
    let told: Vec<Change> = members.take_changes().into_iter().filter(paused).collect();
    assert_eq!(told, [Change::Paused { for_ms: 600_300 }]);
    let later = woken + SECOND / 10;
    members.beat(&[beat("b", 0, later), beat("c", 0, later)], later);
    assert_eq!(verdict_of(&members), Verdict::Whole);
}

#[tokio::test(start_paused = true)]
async fn a_node_that_wakes_up_alone_is_in_the_minority_in_the_end() {
    let now = Instant::now();
    let mut members = a_of("a b c", now);
    for voter in ["b", "c"] {
        members.path_up(&peer(voter, 1), now).unwrap();
    }
    let woken = now + SECOND * 30;
    members.tick(woken);
    for voter in ["b", "c"] {
        members.path_down(&peer(voter, 1).id, Down::Closed, woken);
    }
    assert_eq!(verdict_of(&members), Verdict::Minority);
}

#[tokio::test(start_paused = true)]
async fn two_lists_of_voters_stop_everything_until_somebody_chooses() {
    let now = Instant::now();
    let mut members = a_of("a b c", now);
    let theirs = Electorate::new(1, names("b c d"));
    members.path_up(&peer("b", 1), now).unwrap();
    members.path_up(&peer("c", 1), now).unwrap();
    let told = Heard { facts: Some(facts("b", theirs)), ..heard("b", 1, 1) };
    members.heard(vec![told], now);
    assert_eq!(verdict_of(&members), Verdict::SplitBrain);
    members.path_down(&peer("b", 1).id, Down::Closed, now);
    members.heard(Vec::new(), now);
    assert_eq!(verdict_of(&members), Verdict::SplitBrain, "it is not forgotten");
    assert_eq!(members.elect(names("a c"), now).version, 2);
    assert_eq!(verdict_of(&members), Verdict::Whole);
}

/// `a` hears from `b` that it goes by this list.
fn hear_list(members: &mut Members, list: &Electorate, now: Instant) {
    let heartbeat = list.version;
    let told = Heard { facts: Some(facts("b", list.clone())), ..heard("b", 1, heartbeat) };
    members.heard(vec![told], now);
}

#[tokio::test(start_paused = true)]
async fn a_cluster_that_has_chosen_before_does_not_swallow_another() {
    let now = Instant::now();
    let mut members = a_of("a", now);
    assert_eq!(verdict_of(&members), Verdict::Solo);
    let before = Electorate::new(1, names("b c"));
    let theirs = Electorate::in_place_of(2, names("b c d"), &[&before]);
    members.path_up(&peer("b", 1), now).unwrap();
    hear_list(&mut members, &theirs, now);
    assert_eq!(verdict_of(&members), Verdict::SplitBrain);
    assert_eq!(members.electorate().voters, names("a"), "nobody chose that it does not vote");
    let chosen = members.elect(names("a b"), now);
    assert_eq!((chosen.version, verdict_of(&members)), (3, Verdict::Whole));
    assert!(chosen.succeeds(&theirs) && chosen.succeeds(&before), "the others adopt it");
    hear_list(&mut members, &before, now);
    assert_eq!(verdict_of(&members), Verdict::Whole, "who is late does, too");
}

#[tokio::test(start_paused = true)]
async fn two_sides_that_chose_different_voters_are_two_authorities() {
    let now = Instant::now();
    let mut members = a_of("a b c", now);
    let before = members.electorate().clone();
    members.elect(names("a"), now);
    assert_eq!(verdict_of(&members), Verdict::Solo);
    let next = Electorate::in_place_of(2, names("b"), &[&before]);
    let theirs = Electorate::in_place_of(3, names("b c"), &[&next]);
    members.path_up(&peer("b", 1), now).unwrap();
    hear_list(&mut members, &theirs, now);
    assert_eq!(verdict_of(&members), Verdict::SplitBrain);
    assert_eq!(members.electorate().voters, names("a"));
}

#[tokio::test(start_paused = true)]
async fn what_another_node_has_seen_stops_this_one_too() {
    let now = Instant::now();
    let mut members = a_of("a b c", now);
    members.path_up(&peer("b", 1), now).unwrap();
    let mut told = facts("b", Electorate::new(1, names("a b c")));
    told.judgement.split_at = Some(1);
    members.heard(vec![Heard { facts: Some(told), ..heard("b", 1, 1) }], now);
    assert_eq!(verdict_of(&members), Verdict::SplitBrain);
    let chosen = Electorate::in_place_of(2, names("a b"), &[members.electorate()]);
    let mut resolved = facts("b", chosen);
    resolved.judgement.split_at = None;
    members.heard(vec![Heard { facts: Some(resolved), ..heard("b", 1, 2) }], now);
    assert_eq!(verdict_of(&members), Verdict::Whole, "the choice of an operator wins");
}

#[tokio::test(start_paused = true)]
async fn who_left_is_no_member_and_who_is_gone_for_long_is_forgotten() {
    let now = Instant::now();
    let mut members = a_of("a b", now);
    members.path_up(&peer("guest", 1), now).unwrap();
    let mut told = facts("guest", Electorate::default());
    told.is_leaving = true;
    members.heard(vec![Heard { facts: Some(told), ..heard("guest", 1, 1) }], now);
    assert_eq!(statuses(&members), "a Up, b Down, guest Up", "it still answers");
    members.path_down(&peer("guest", 1).id, Down::Closed, now);
    assert_eq!(statuses(&members), "a Up, b Down");
    assert!(members.others().contains_key(&"guest".parse().unwrap()));
    pass(&mut members, now, 901);
    assert!(!members.others().contains_key(&"guest".parse().unwrap()));
    assert_eq!(statuses(&members), "a Up, b Down", "a voter is never forgotten");
}

#[tokio::test(start_paused = true)]
async fn a_voter_that_is_gone_for_long_may_come_back_with_any_start() {
    let now = Instant::now();
    let mut members = a_of("a b c", now);
    members.path_up(&peer("b", 2), now).unwrap();
    members.path_down(&peer("b", 2).id, Down::Closed, now);
    let address = members.others()[&name("b")].address;
    let now = pass(&mut members, now, 901);
    let dead = Heard { is_live: false, ..heard("b", 2, 1) };
    members.heard(vec![dead.clone()], now);
    assert_eq!(generation_of(&members, "b"), 0, "what gossip remembers of it is no start");
    assert_eq!(members.others()[&name("b")].address, address);
    assert_eq!(members.holder(&peer("b", 1).id, now), None);
    members.path_up(&peer("b", 1), now).unwrap();
    members.path_down(&peer("b", 1).id, Down::Closed, now);
    members.heard(vec![dead], now);
    assert_eq!(generation_of(&members, "b"), 1, "nor afterwards");
}
