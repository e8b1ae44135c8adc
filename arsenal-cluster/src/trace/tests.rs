//! What sessions say of actors that send messages to each other.

use std::{sync::Arc, time::Duration};

use arsenal_core::telemetry::TraceContext;
use futures_util::StreamExt as _;
use ractor::{
    Actor, ActorCell, ActorId, ActorProcessingErr, ActorRef, ActorStatus, Message,
    message::{BoxedDowncastErr, BoxedMessage},
};
use tokio::time::sleep;

use super::{samples::plan, *};
use crate::{
    WallClock,
    instrument::{Flag, Home, SpawnInstrumented as _, records, tests::until},
    message::ArsenalMessage,
    process::ProcessId,
};

/// How long a test waits for what must come.
const SOON: Duration = Duration::from_secs(10);

#[derive(Debug)]
enum Parcel {
    /// Hands on to whoever is next.
    Pass(u32),
    Wait(Duration),
    Fail,
    Panic,
}

impl Message for Parcel {
    fn box_message(self, to: &ActorId) -> Result<BoxedMessage, BoxedDowncastErr> {
        crate::instrument::box_message(self, to)
    }
    fn from_boxed(boxed: BoxedMessage) -> Result<Self, BoxedDowncastErr> {
        crate::instrument::from_boxed(boxed)
    }
}

impl ArsenalMessage for Parcel {
    const VARIANTS: &'static [&'static str] = &["pass", "wait", "fail", "panic"];
    fn variant(&self) -> u16 {
        match self {
            Self::Pass(_) => 0,
            Self::Wait(_) => 1,
            Self::Fail => 2,
            Self::Panic => 3,
        }
    }
    fn show(&self) -> Option<&dyn std::fmt::Debug> {
        Some(self)
    }
}

struct Porter;

impl Actor for Porter {
    type Msg = Parcel;
    type State = Option<ActorRef<Parcel>>;
    type Arguments = Option<ActorRef<Parcel>>;

    async fn pre_start(
        &self,
        _: ActorRef<Parcel>,
        next: Self::Arguments,
    ) -> Result<Self::State, ActorProcessingErr> {
        Ok(next)
    }

    async fn handle(
        &self,
        _: ActorRef<Parcel>,
        parcel: Parcel,
        next: &mut Self::State,
    ) -> Result<(), ActorProcessingErr> {
        match (parcel, next) {
            (Parcel::Pass(weight), Some(next)) => {
                tokio::task::yield_now().await;
                next.cast(Parcel::Pass(weight))?;
            }
            (Parcel::Pass(_), None) => {}
            (Parcel::Wait(time), _) => sleep(time).await,
            (Parcel::Fail, _) => return Err("asked to fail".into()),
            (Parcel::Panic, _) => panic!("asked to panic"),
        }
        Ok(())
    }
}

/// A node of its own, whose actors are at home where the test is.
struct Ground {
    sessions: Arc<Sessions>,
    _at_home: crate::instrument::AtHome,
}

impl Ground {
    fn new() -> Self {
        let at_home = Home::simulated().enter();
        let clock = WallClock::set(std::time::UNIX_EPOCH);
        let sessions = Sessions::new(Place { node: "a".parse().unwrap(), generation: 1, clock });
        Self { sessions, _at_home: at_home }
    }

    fn on(actor: &ActorRef<Parcel>, follow: bool) -> TracePlan {
        let local = actor.get_id().pid();
        let pid = ProcessId { node: "a".parse().unwrap(), generation: 1, local };
        plan(Traced::Process { pid, follow })
    }

    fn events(&self) -> Vec<TraceEvent> {
        self.sessions.events(plan(Traced::Type(String::new())).id, 0, 100_000).unwrap().events
    }

    fn ended(&self) -> Option<SessionEnd> {
        self.sessions.list().first()?.ended
    }

    /// What happened to whom, once there are so many events.
    async fn told(&self, count: usize) -> Vec<String> {
        until(|| self.events().len() >= count).await;
        let text = |event: TraceEvent| {
            let local = event.pid.map_or(String::new(), |pid| format!(" {}", pid.local));
            format!("{:?}{local} {}", event.kind, event.message.unwrap_or_default())
        };
        self.events().into_iter().map(text).collect()
    }
}

async fn porter(next: Option<&ActorRef<Parcel>>) -> ActorRef<Parcel> {
    Porter::spawn_instrumented(None, Porter, next.cloned()).await.unwrap().0
}

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
    ground.sessions.start(plan(Traced::Type(String::from("Port*")))).unwrap();
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
    assert!(panicked.starts_with("panicked: asked to panic (") && panicked.contains("tests.rs"));
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

#[tokio::test(start_paused = true)]
async fn a_session_ends_by_itself_and_leaves_nothing_behind() {
    let ground = Ground::new();
    let porter = porter(None).await;
    let record = records::get(porter.get_id().pid()).unwrap();
    ground.sessions.start(Ground::on(&porter, true)).unwrap();
    assert!(record.is(Flag::Traced) && ground.ended().is_none());
    sleep(Duration::from_secs(11)).await;
    assert_eq!(ground.ended(), Some(SessionEnd::Time));
    assert!(ground.sessions.live().is_empty());
    porter.cast(Parcel::Pass(1)).unwrap();
    until(|| record.counts().handled == 1).await;
    assert!(!record.is(Flag::Traced) && ground.events().is_empty());
    sleep(Duration::from_mins(11)).await;
    assert!(ground.sessions.list().is_empty(), "it is forgotten");
}

#[tokio::test]
async fn a_session_that_is_full_is_over_for_its_flood() {
    let ground = Ground::new();
    let porter = porter(None).await;
    let few = TracePlan { max_events: 5, ..Ground::on(&porter, false) };
    ground.sessions.start(few).unwrap();
    let record = records::get(porter.get_id().pid()).unwrap();
    for _ in 0..10_000 {
        porter.cast(Parcel::Pass(1)).unwrap();
    }
    until(|| record.counts().handled == 10_000).await;
    assert_eq!((ground.events().len(), ground.ended()), (5, Some(SessionEnd::Events)));
    assert!(!record.is(Flag::Traced));
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
async fn sessions_are_bounded_and_ended_on_request() {
    let ground = Ground::new();
    let of = |number: u64| {
        let id = SessionId::new(number.try_into().unwrap());
        TracePlan { id, ..plan(Traced::Type(String::from("Nobody"))) }
    };
    for number in 1..=8 {
        ground.sessions.start(of(number)).unwrap();
        ground.sessions.start(of(number)).unwrap();
    }
    let refused = ground.sessions.start(of(9)).unwrap_err();
    assert!(refused.detail().contains("8 tracing sessions"), "{refused}");
    assert_eq!(ground.sessions.end(of(1).id).unwrap().ended, Some(SessionEnd::Request));
    assert_eq!(ground.sessions.end(of(1).id).unwrap().ended, Some(SessionEnd::Request));
    let large = TracePlan { max_events: 200_000, ..of(9) };
    assert!(ground.sessions.start(large).is_err(), "there is no room for its events");
    ground.sessions.start(of(9)).unwrap();
    assert!(ground.sessions.end(of(99).id).is_err());
    assert_eq!(ground.sessions.list().len(), 9);
}

#[tokio::test]
async fn what_is_read_at_once_fits_into_a_frame() {
    let ground = Ground::new();
    let share = || ground.sessions.start(plan(Traced::Type(String::new()))).unwrap();
    let large = |number| TraceEvent {
        payload: Some("\"".repeat(1000)),
        ..samples::event("a", number, 0, TraceKind::Sent, "1")
    };
    let fitting = ShareEvents::fitting(share(), (1..=1000).map(large).collect());
    assert!((300..400).contains(&fitting.events.len()), "{}", fitting.events.len());
    let one = TraceEvent { error: Some("x".repeat(1 << 20)), ..large(1) };
    assert_eq!(ShareEvents::fitting(share(), vec![one, large(2)]).events.len(), 1);
}

#[tokio::test(start_paused = true)]
async fn whoever_follows_sees_all_and_the_end() {
    let ground = Ground::new();
    let porter = porter(None).await;
    let plan = Ground::on(&porter, false);
    ground.sessions.start(plan.clone()).unwrap();
    let mut early = Box::pin(ground.sessions.watch(plan.id, 0).unwrap());
    for _ in 0..100 {
        porter.cast(Parcel::Pass(1)).unwrap();
    }
    assert_eq!(early.next().await.unwrap().number, 1);
    let late = ground.sessions.watch(plan.id, 290).unwrap();
    let (early, late) = futures_util::join!(early.collect::<Vec<_>>(), late.collect::<Vec<_>>());
    let numbers = |events: Vec<TraceEvent>| events.iter().map(|it| it.number).collect::<Vec<_>>();
    assert_eq!(numbers(early), (2..=300).collect::<Vec<_>>());
    assert_eq!(numbers(late), (291..=300).collect::<Vec<_>>());
}
