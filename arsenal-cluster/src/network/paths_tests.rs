//! What comes of sessions, greetings and names.

use super::*;

const HERE: &str = "127.0.0.1:1";
const THERE: &str = "127.0.0.1:2";

fn peer(id: &str, address: &str) -> Peer {
    Peer { id: id.parse().unwrap(), address: address.parse().unwrap() }
}

/// Numbers as they are never drawn.
const fn drawn(number: u64) -> Drawn {
    Drawn { secret: number, probe: number }
}

/// What we call our path of this number, where nothing is random.
const fn ours(number: u64) -> u64 {
    number << SECRET_BITS
}

fn paths() -> Paths<u32> {
    Paths::new(peer("a#1", HERE))
}

/// A greeting of `b`, which heard of our path of this number.
fn from_b(epoch: u64, heard: u64) -> Greeting {
    let Peer { id, address } = peer("b#1", THERE);
    Greeting { sender: id, epoch, address, heard: ours(heard) }
}

/// Our greeting for our path of this number.
fn from_a(number: u64, heard: u64) -> Greeting {
    let Peer { id, address } = peer("a#1", HERE);
    Greeting { sender: id, epoch: ours(number), address, heard }
}

fn steps(paths: &mut Paths<u32>) -> Vec<Step<u32>> {
    std::iter::from_fn(|| paths.next_step()).collect()
}

/// A path to `b#1` over `link` that is up; `b` calls it `epoch`, we call it `ours`.
fn bring_up(paths: &mut Paths<u32>, link: u32, epoch: u64, ours: u64) {
    paths.ready(peer("b#1", THERE).id, link, drawn(0), Instant::now()).unwrap();
    paths.greeted(&from_b(epoch, ours));
    let steps = steps(paths);
    assert_eq!(steps.last(), Some(&Step::Up(peer("b#1", THERE), link)), "{steps:?}");
}

#[test]
fn a_path_is_up_when_both_ends_heard_of_each_other() {
    let mut paths = paths();
    let b = peer("b#1", THERE);
    paths.ready(b.id.clone(), 7, drawn(0), Instant::now()).unwrap();
    assert_eq!(steps(&mut paths), [Step::Greet(7, from_a(1, 0))]);
    paths.greeted(&from_b(5, 0));
    assert_eq!(steps(&mut paths), [Step::Greet(7, from_a(1, 5))], "answered, but not up");
    assert!(paths.outgoing(&b.id).is_none());
    assert!(paths.sender("b#1/5").is_none());
    paths.greeted(&from_b(5, 1));
    assert_eq!(steps(&mut paths), [Step::Up(b.clone(), 7)]);
    assert_eq!(paths.outgoing(&b.id), Some((&7, format!("a#1/{}", ours(1)))));
    assert_eq!(paths.sender("b#1/5"), Some(&b.id));
}

#[test]
fn a_greeting_before_the_session_is_ready_is_not_lost() {
    let mut paths = paths();
    paths.greeted(&from_b(5, 0));
    assert_eq!(steps(&mut paths), []);
    paths.ready(peer("b#1", THERE).id, 7, drawn(0), Instant::now()).unwrap();
    assert_eq!(steps(&mut paths), [Step::Greet(7, from_a(1, 5))]);
    paths.greeted(&from_b(5, 1));
    assert_eq!(steps(&mut paths), [Step::Up(peer("b#1", THERE), 7)]);
}

#[test]
fn a_new_session_ends_the_old_path_first_and_its_frames_with_it() {
    let mut paths = paths();
    bring_up(&mut paths, 7, 5, 1);
    paths.greeted(&from_b(6, 0));
    assert_eq!(steps(&mut paths), [], "the new session is not ready here");
    paths.ready(peer("b#1", THERE).id, 8, drawn(0), Instant::now()).unwrap();
    assert_eq!(
        steps(&mut paths),
        [
            Step::Down(peer("b#1", THERE).id, Down::Closed),
            Step::Close(7),
            Step::Greet(8, from_a(2, 6)),
        ]
    );
    paths.greeted(&from_b(6, 2));
    assert_eq!(steps(&mut paths), [Step::Up(peer("b#1", THERE), 8)]);
    assert!(paths.sender("b#1/5").is_none(), "an old frame is nobody's");
    paths.gone(|link| *link == 7);
    assert_eq!(steps(&mut paths), [], "the end of the old session changes nothing");
}

#[test]
fn a_reset_path_takes_nothing_and_is_down_once() {
    let mut paths = paths();
    bring_up(&mut paths, 7, 5, 1);
    let b = peer("b#1", THERE).id;
    paths.end(&b, Down::Reset);
    assert!(paths.outgoing(&b).is_none());
    assert!(paths.sender("b#1/5").is_none());
    paths.gone(|link| *link == 7);
    paths.end(&b, Down::Reset);
    assert_eq!(steps(&mut paths), [Step::Down(b, Down::Reset), Step::Close(7)]);
}

#[test]
fn a_peer_that_answers_keeps_its_name() {
    let mut paths = paths();
    bring_up(&mut paths, 7, 5, 1);
    let (older, newer) = (peer("b#1", THERE).id, peer("b#2", THERE).id);
    paths.ready(newer.clone(), 8, drawn(42), Instant::now()).unwrap();
    assert_eq!(steps(&mut paths), [Step::Tell(7, Note::Probe(42))], "nothing is decided");
    paths.noted(&older, &Note::Alive(41), Instant::now());
    paths.noted(&newer, &Note::Alive(42), Instant::now());
    assert_eq!(steps(&mut paths), [], "neither an old answer nor one of another counts");
    paths.noted(&older, &Note::Alive(42), Instant::now());
    assert_eq!(steps(&mut paths), [Step::Refuse(8, newer.clone(), older.clone())]);
    assert!(paths.outgoing(&older).is_some() && paths.outgoing(&newer).is_none());
    paths.gone(|link| *link == 8);
    assert_eq!(steps(&mut paths), []);
}

#[test]
fn a_newcomer_takes_the_place_of_a_peer_that_is_gone_or_silent() {
    for why in [Down::Closed, Down::Reset] {
        let mut paths = paths();
        bring_up(&mut paths, 7, 5, 1);
        let (older, newer) = (peer("b#1", THERE).id, peer("b#2", THERE).id);
        paths.ready(newer.clone(), 8, drawn(42), Instant::now()).unwrap();
        steps(&mut paths);
        paths.end(&older, why);
        let steps = steps(&mut paths);
        assert_eq!(steps[..2], [Step::Down(older.clone(), why), Step::Close(7)]);
        assert!(matches!(&steps[2..], [Step::Greet(8, _)]), "{steps:?}");
        assert_eq!(
            paths.ready(older.clone(), 9, drawn(0), Instant::now()),
            Err(DialError::Outdated(older))
        );
    }
}

#[test]
fn a_peer_that_comes_again_is_alive() {
    let mut paths = paths();
    bring_up(&mut paths, 7, 5, 1);
    let (older, newer) = (peer("b#1", THERE).id, peer("b#2", THERE).id);
    paths.ready(newer.clone(), 8, drawn(42), Instant::now()).unwrap();
    steps(&mut paths);
    paths.ready(older.clone(), 9, drawn(0), Instant::now()).unwrap();
    assert!(steps(&mut paths).contains(&Step::Refuse(8, newer, older)));
}

#[test]
fn of_two_newcomers_the_later_start_waits() {
    let mut paths = paths();
    bring_up(&mut paths, 7, 5, 1);
    paths.ready(peer("b#3", THERE).id, 8, drawn(1), Instant::now()).unwrap();
    steps(&mut paths);
    paths.ready(peer("b#2", THERE).id, 9, drawn(2), Instant::now()).unwrap();
    let refused = Step::Refuse(9, peer("b#2", THERE).id, peer("b#1", THERE).id);
    assert!(steps(&mut paths).contains(&refused));
    paths.end_all();
    assert!(steps(&mut paths).contains(&Step::Close(8)));
}

#[test]
fn whoever_is_refused_learns_by_whom() {
    let why = || DialError::NameHeld(peer("a#9", THERE).id);
    let b = peer("b#1", THERE).id;
    let held = Note::Held(peer("a#9", THERE).id);
    let mut in_time = paths();
    in_time.ready(b.clone(), 7, drawn(0), Instant::now()).unwrap();
    in_time.noted(&b, &held, Instant::now());
    assert_eq!(steps(&mut in_time).last(), Some(&Step::Refused(7, why())));
    let mut early = paths();
    early.noted(&b, &held, Instant::now());
    early.ready(b.clone(), 7, drawn(0), Instant::now()).unwrap();
    assert_eq!(steps(&mut early), [Step::Refused(7, why())]);
    let mut up = paths();
    bring_up(&mut up, 7, 5, 1);
    up.noted(&b, &held, Instant::now());
    up.noted(&b, &Note::Held(peer("c#9", THERE).id), Instant::now());
    assert_eq!(steps(&mut up), [], "a path that is up is not refused");
}

#[test]
fn only_a_peer_with_a_path_is_answered() {
    let mut paths = paths();
    let b = peer("b#1", THERE).id;
    paths.noted(&b, &Note::Probe(3), Instant::now());
    assert_eq!(steps(&mut paths), []);
    bring_up(&mut paths, 7, 5, 1);
    paths.noted(&b, &Note::Probe(3), Instant::now());
    assert_eq!(steps(&mut paths), [Step::Tell(7, Note::Alive(3))]);
}

#[test]
fn the_label_of_frames_cannot_be_guessed() {
    let mut paths = paths();
    let b = peer("b#1", THERE).id;
    paths.ready(b, 7, drawn(u64::MAX), Instant::now()).unwrap();
    let secret = (1 << SECRET_BITS) - 1;
    let Some(Step::Greet(7, Greeting { epoch, .. })) = paths.next_step() else { panic!() };
    assert_eq!(epoch, ours(1) | secret);
}

#[test]
fn nobody_gets_in_under_our_own_name() {
    let mut paths = paths();
    let twin = peer("a#9", THERE).id;
    assert_eq!(
        paths.ready(twin.clone(), 7, drawn(0), Instant::now()),
        Err(DialError::OwnName(twin))
    );
    assert_eq!(steps(&mut paths), []);
}

#[test]
fn early_greetings_are_bounded() {
    let mut paths = paths();
    for generation in 0..1000 {
        let mut greeting = from_b(1, 0);
        greeting.sender.generation = generation;
        paths.greeted(&greeting);
    }
    assert_eq!(paths.early.len(), EARLY_MAX);
}

#[test]
fn the_holder_of_a_name_does_not_learn_the_secret_of_the_next_path() {
    let mut paths = paths();
    bring_up(&mut paths, 7, 5, 1);
    let (older, newer) = (peer("b#1", THERE).id, peer("b#2", THERE).id);
    paths.ready(newer, 8, Drawn { secret: 13, probe: 42 }, Instant::now()).unwrap();
    assert_eq!(steps(&mut paths), [Step::Tell(7, Note::Probe(42))]);
    paths.end(&older, Down::Closed);
    let greeted = steps(&mut paths).pop();
    let Some(Step::Greet(8, Greeting { epoch, .. })) = greeted else { panic!("{greeted:?}") };
    assert_eq!(epoch, ours(2) + 13);
}

#[test]
fn an_early_refusal_does_not_concern_a_session_that_comes_much_later() {
    let mut paths = paths();
    let b = peer("b#1", THERE).id;
    let said = Instant::now();
    paths.noted(&b, &Note::Held(peer("a#9", THERE).id), said);
    paths.ready(b, 7, drawn(0), said + HANDSHAKE_MAX).unwrap();
    assert_eq!(steps(&mut paths), [Step::Greet(7, from_a(1, 0))]);
}
