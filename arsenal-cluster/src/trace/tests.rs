//! What sessions say of actors that send messages to each other.

use std::time::Duration;

use arsenal_core::telemetry::TraceContext;
use ractor::{ActorCell, ActorStatus};

use super::{
    ground::{Ground, Parcel, porter},
    samples::{of_type, plan},
    *,
};
use crate::instrument::{records, tests::until};

/// How long a test waits for what must come.
const SOON: Duration = Duration::from_secs(10);

async fn gone(actor: &ActorCell) {
    let local = actor.get_id().pid();
    until(|| actor.get_status() == ActorStatus::Stopped && records::get(local).is_none()).await;
}

#[tokio::test]
async fn one_process_shows_what_it_gets_and_what_it_sends() {
    let ground = Ground::new();
    let last = porter(None).await;
    let first = porter(Some(&last)).await;
    let payloads = TracePlan { payloads: true, ..Ground::on(&first, false) };
    ground.sessions.start(payloads).unwrap();
    first.cast(Parcel::Pass(7)).unwrap();
    let one = first.get_id().pid();
    let expected = [
        "Sent pass".to_owned(),
        format!("Received {one} pass"),
        format!("Sent {one} pass"),
        format!("Handled {one} pass"),
    ];
    assert_eq!(ground.told(4).await, expected);
    let events = ground.events();
    assert!(events.iter().all(|event| event.trace_id == events[0].trace_id));
    assert_eq!(events[0].span_id, events[3].span_id);
    assert_eq!(events[2].parent_span_id, events[0].span_id);
    assert_eq!(events[2].to.as_ref().map(|to| to.local), Some(last.get_id().pid()));
    assert_eq!(events[1].payload.as_deref(), Some("Pass(7)"));
    assert!(events[1].waited_us.is_some() && events[3].duration_us.is_some());
    assert_eq!(events[1].actor_type.as_deref(), Some("Porter"));
    assert_eq!(events.iter().map(|event| event.number).collect::<Vec<_>>(), [1, 2, 3, 4]);
}

#[tokio::test]
async fn a_request_is_followed_to_all_that_it_leads_to() {
    let ground = Ground::new();
    let last = porter(None).await;
    let middle = porter(Some(&last)).await;
    let first = porter(Some(&middle)).await;
    ground.sessions.start(Ground::on(&first, true)).unwrap();
    // Nothing led to this from the process that is traced.
    middle.cast(Parcel::Pass(1)).unwrap();
    let trace = TraceContext::new();
    in_context(trace, || first.cast(Parcel::Pass(2))).unwrap();
    let [one, two, three] = [&first, &middle, &last].map(|actor| actor.get_id().pid());
    until(|| ground.events().iter().filter(|it| it.kind == TraceKind::Handled).count() == 3).await;
    let events = ground.events();
    let trace = trace.trace_id().to_string();
    assert!(events.iter().all(|event| event.trace_id.as_deref() == Some(&trace)), "{events:?}");
    let handled = events.iter().filter(|event| event.kind == TraceKind::Handled);
    let mut locals: Vec<_> = handled.map(|event| event.pid.as_ref().unwrap().local).collect();
    locals.sort_unstable();
    let mut expected = vec![one, two, three];
    expected.sort_unstable();
    assert_eq!(locals, expected);
    assert_eq!(events.iter().filter(|event| event.kind == TraceKind::Sent).count(), 3);
}

#[tokio::test]
async fn all_of_a_type_are_traced_from_their_start_to_their_end() {
    let ground = Ground::new();
    let before = porter(None).await;
    ground.sessions.start(plan(of_type("Port*"))).unwrap();
    let after = porter(None).await;
    before.cast(Parcel::Fail).unwrap();
    gone(&before).await;
    after.cast(Parcel::Panic).unwrap();
    gone(&after).await;
    let [one, two] = [&before, &after].map(|actor| actor.get_id().pid());
    let expected = [
        format!("Spawned {two} "),
        String::from("Sent fail"),
        format!("Received {one} fail"),
        format!("Failed {one} fail"),
        format!("Stopped {one} "),
        String::from("Sent panic"),
        format!("Received {two} panic"),
        format!("Failed {two} panic"),
        format!("Stopped {two} "),
    ];
    assert_eq!(ground.told(9).await, expected);
    let events = ground.events();
    assert_eq!(events[3].error.as_deref(), Some("asked to fail"));
    let panicked = events[7].error.as_deref().unwrap();
    assert!(panicked.starts_with("panicked: asked to panic (") && panicked.contains("ground.rs"));
    assert_eq!(events[8].error, events[7].error);
}

#[tokio::test]
async fn a_handler_that_is_killed_has_failed() {
    let ground = Ground::new();
    let porter = porter(None).await;
    ground.sessions.start(Ground::on(&porter, false)).unwrap();
    porter.cast(Parcel::Wait(SOON * 100)).unwrap();
    ground.told(2).await;
    porter.kill();
    gone(&porter).await;
    let events = ground.events();
    let last: Vec<_> =
        events[2..].iter().map(|event| (event.kind, event.error.as_deref())).collect();
    let killed = Some("it was killed");
    assert_eq!(last, [(TraceKind::Failed, killed), (TraceKind::Stopped, killed)]);
}

#[tokio::test]
async fn only_what_is_asked_for_is_traced() {
    let ground = Ground::new();
    let porter = porter(None).await;
    let some = TracePlan { messages: vec![String::from("wait")], ..Ground::on(&porter, false) };
    ground.sessions.start(some).unwrap();
    porter.cast(Parcel::Pass(1)).unwrap();
    porter.cast(Parcel::Wait(Duration::ZERO)).unwrap();
    let one = porter.get_id().pid();
    let expected =
        [String::from("Sent wait"), format!("Received {one} wait"), format!("Handled {one} wait")];
    assert_eq!(ground.told(3).await, expected);
}

#[tokio::test]
async fn sampled_messages_are_traced_whole() {
    let ground = Ground::new();
    let porter = porter(None).await;
    let part = TracePlan { sampling: 0.3, ..Ground::on(&porter, false) };
    ground.sessions.start(part).unwrap();
    let record = records::get(porter.get_id().pid()).unwrap();
    for _ in 0..300 {
        porter.cast(Parcel::Pass(1)).unwrap();
    }
    until(|| record.counts().handled == 300).await;
    let events = ground.events();
    let of = |kind| events.iter().filter(|event| event.kind == kind).count();
    let sent = of(TraceKind::Sent);
    assert!((40..150).contains(&sent), "{sent}");
    assert_eq!((of(TraceKind::Received), of(TraceKind::Handled)), (sent, sent));
}

#[tokio::test]
async fn what_is_read_at_once_fits_into_a_frame() {
    let ground = Ground::new();
    let share = || ground.sessions.start(plan(of_type("Any"))).unwrap();
    let large = |number| TraceEvent {
        payload: Some("\"".repeat(1000)),
        ..samples::event("a", number, 0, TraceKind::Sent, "1")
    };
    let fitting = ShareEvents::fitting(share(), (1..=1000).map(large).collect());
    assert!((300..400).contains(&fitting.events.len()), "{}", fitting.events.len());
    let one = TraceEvent { error: Some("x".repeat(1 << 20)), ..large(1) };
    assert_eq!(ShareEvents::fitting(share(), vec![one, large(2)]).events.len(), 1);
}

#[tokio::test]
async fn all_sessions_of_a_node_fit_into_a_frame() {
    let ground = Ground::new();
    // Each of these letters takes six bytes in JSON.
    let long = |length| "\u{1}".repeat(length);
    let messages = vec![long(MESSAGE_CHARS_MAX); MESSAGES_MAX];
    let plan = TracePlan { messages, ..plan(of_type(&long(256))) };
    let share = ground.sessions.start(plan).unwrap();
    let all = vec![share; table::LIVE_MAX + table::KEPT_MAX];
    assert!(serde_json::to_vec(&all).unwrap().len() < 1 << 20);
}
