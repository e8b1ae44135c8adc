//! What answers, failures and time make of the addresses of a strategy.

use std::net::{Ipv4Addr, Ipv6Addr};

use super::*;

const SECOND: Duration = Duration::from_secs(1);

fn at(last: u8) -> SocketAddr {
    ([10, 0, 0, last], 7000).into()
}

struct Asked {
    known: Known,
    now: Instant,
}

impl Asked {
    fn new() -> Self {
        Self { known: Known::nothing(at(1)), now: Instant::now() }
    }

    fn after(&mut self, time: Duration) -> &mut Self {
        self.now += time;
        self
    }

    fn answered(&mut self, answer: Answer) -> &mut Self {
        self.known.answered(answer, self.now);
        self
    }

    fn failed(&mut self) -> &mut Self {
        self.known.failed(String::from("no answer"), self.now);
        self
    }

    #[track_caller]
    fn knows(&mut self, expected: &[SocketAddr]) -> &mut Self {
        let known: Vec<_> = self.known.addresses(self.now).map(|(address, _)| address).collect();
        assert_eq!(known, expected);
        self
    }
}

#[test]
fn what_a_partial_answer_lacks_stays_for_a_bounded_time() {
    let mut asked = Asked::new();
    asked.answered(Answer::part([at(2), at(3)])).knows(&[at(2), at(3)]);
    asked.after(SECOND).answered(Answer::part([at(3)])).knows(&[at(2), at(3)]);
    asked.after(KEPT_FOR.mul_f64(0.99)).knows(&[at(2), at(3)]);
    asked.after(SECOND * 2).knows(&[at(3)]);
    asked.after(SECOND).knows(&[]);
}

#[test]
fn what_a_whole_answer_lacks_is_gone() {
    let mut asked = Asked::new();
    asked.answered(Answer::whole([at(2), at(3)]));
    asked.after(SECOND).answered(Answer::whole([at(3)])).knows(&[at(3)]);
    asked.after(SECOND).answered(Answer::whole([])).knows(&[]);
}

#[test]
fn a_whole_answer_with_trouble_may_lack_some() {
    let mut asked = Asked::new();
    asked.answered(Answer::whole([at(2), at(3)]));
    let troubled = Answer::whole([at(3)]).with_trouble(Some(String::from("line 2")));
    asked.after(SECOND).answered(troubled).knows(&[at(2), at(3)]);
    assert_eq!(asked.known.trouble().unwrap().message, "line 2");
    assert_eq!(asked.known.failures(), 0, "it did answer");
}

#[test]
fn failures_and_empty_answers_change_nothing_for_a_bounded_time() {
    let mut asked = Asked::new();
    asked.answered(Answer::part([at(2)]));
    for failures in 1..=3 {
        asked.after(SECOND).failed().knows(&[at(2)]);
        assert_eq!(asked.known.failures(), failures);
    }
    asked.after(SECOND).answered(Answer::part([])).knows(&[at(2)]);
    assert_eq!(asked.known.failures(), 0);
    assert_eq!(asked.known.trouble().unwrap().at, asked.now - SECOND, "it is still told");
    asked.after(KEPT_FOR).knows(&[]);
    asked.answered(Answer::part([at(2)])).knows(&[at(2)]);
}

#[test]
fn an_address_is_known_since_it_was_first_named() {
    let mut asked = Asked::new();
    let first = asked.now;
    asked.answered(Answer::part([at(2)])).after(SECOND).answered(Answer::part([at(2), at(3)]));
    let since: Vec<_> = asked.known.addresses(asked.now).collect();
    assert_eq!(since, [(at(2), first), (at(3), first + SECOND)]);
}

#[test]
fn what_was_given_for_good_stays() {
    let now = Instant::now();
    let known = Known::for_good(at(1), [at(2), at(1)], now);
    let later = now + KEPT_FOR * 1_000;
    assert_eq!(known.addresses(later).collect::<Vec<_>>(), [(at(2), now)]);
}

#[test]
fn the_own_address_and_what_nobody_can_dial_is_left_out() {
    let mut asked = Asked::new();
    let mapped = |v4: Ipv4Addr| SocketAddr::new(v4.to_ipv6_mapped().into(), 7000);
    asked.answered(Answer::whole([
        at(1),
        mapped(Ipv4Addr::new(10, 0, 0, 1)),
        mapped(Ipv4Addr::new(10, 0, 0, 2)),
        (Ipv4Addr::UNSPECIFIED, 7000).into(),
        (Ipv6Addr::UNSPECIFIED, 7000).into(),
        ([239, 1, 1, 1], 7000).into(),
        ([10, 0, 0, 9], 0).into(),
    ]));
    asked.knows(&[at(2)]);
    assert_eq!(asked.known.left_out(), 0);
}

#[test]
fn an_ipv4_address_as_ipv6_is_known_as_long_as_it_is_named() {
    let mut asked = Asked::new();
    let first = asked.now;
    let mapped = SocketAddr::new(Ipv4Addr::new(10, 0, 0, 2).to_ipv6_mapped().into(), 7000);
    for _ in 0..3 {
        asked.answered(Answer::whole([mapped])).after(SECOND);
    }
    let since: Vec<_> = asked.known.addresses(asked.now).collect();
    assert_eq!(since, [(at(2), first)]);
}

#[test]
fn of_too_many_addresses_those_that_are_known_stay() {
    let many =
        |from: u8| (from..=u8::MAX).flat_map(|last| [at(last), ([10, 0, 1, last], 1).into()]);
    let mut asked = Asked::new();
    asked.answered(Answer::part([at(255)]));
    asked.after(SECOND).answered(Answer::part(many(2)));
    let known: Vec<_> = asked.known.addresses(asked.now).map(|(address, _)| address).collect();
    assert_eq!(known.len(), ADDRESSES_MAX);
    assert!(known.contains(&at(255)), "it was there first");
    assert_eq!(asked.known.left_out(), 2 * 254 - ADDRESSES_MAX);
    asked.answered(Answer::whole([at(3)])).knows(&[at(3)]);
    assert_eq!(asked.known.left_out(), 0);
}
