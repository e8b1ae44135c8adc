//! How sessions begin, end and are forgotten.

use std::time::Duration;

use futures_util::StreamExt as _;
use tokio::{
    task::JoinSet,
    time::{sleep, timeout},
};

use super::{
    super::{
        SessionEnd, TraceEvent, TraceKind,
        ground::{Ground, Parcel, porter},
        is_active,
        samples::{of_type, plan},
    },
    *,
};
use crate::{instrument::tests::until, trace::event::Happened};

fn numbered(plan: TracePlan, number: u64) -> TracePlan {
    TracePlan { id: SessionId::new(number.try_into().unwrap()), ..plan }
}

fn suggestion(refused: &OperationError) -> String {
    refused.to_problem("").suggestion.unwrap_or_default()
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
async fn sessions_are_bounded_and_ended_on_request() {
    let ground = Ground::new();
    let of = |number| numbered(plan(of_type("Nobody")), number);
    for number in 1..=8 {
        ground.sessions.start(of(number)).unwrap();
        ground.sessions.start(of(number)).unwrap();
    }
    let refused = ground.sessions.start(of(9)).unwrap_err();
    assert!(refused.detail().contains("8 tracing sessions"), "{refused}");
    assert!(!suggestion(&refused).contains("fewer events"), "that would not help");
    assert_eq!(ground.sessions.end(of(1).id).unwrap().ended, Some(SessionEnd::Request));
    assert_eq!(ground.sessions.end(of(1).id).unwrap().ended, Some(SessionEnd::Request));
    let large = TracePlan { max_events: 200_000, ..of(9) };
    let refused = ground.sessions.start(large).unwrap_err();
    assert!(suggestion(&refused).contains("fewer events"), "there is no room for its events");
    ground.sessions.start(of(9)).unwrap();
    assert!(ground.sessions.end(of(99).id).is_none());
    assert_eq!(ground.sessions.list().len(), 9);
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

#[tokio::test]
async fn an_id_is_that_of_one_session() {
    let ground = Ground::new();
    let one = plan(of_type("Nobody"));
    ground.sessions.start(one.clone()).unwrap();
    assert!(ground.sessions.start(one.clone()).is_ok(), "it runs already");
    let other = TracePlan { duration_ms: 5, ..one.clone() };
    let refused = ground.sessions.start(other).unwrap_err();
    assert!(refused.detail().contains("traces something else"), "{refused}");
    ground.sessions.end(one.id).unwrap();
    let refused = ground.sessions.start(one).unwrap_err();
    assert!(refused.detail().contains("is over"), "{refused}");
    assert_eq!(ground.sessions.list().len(), 1);
}

#[tokio::test(start_paused = true)]
async fn what_ended_first_is_forgotten_first_and_gives_its_room_back() {
    let ground = Ground::new();
    let porter = porter(None).await;
    let of = |number, duration_ms| TracePlan {
        duration_ms,
        ..numbered(Ground::on(&porter, false), number)
    };
    ground.sessions.start(of(1, 60_000)).unwrap();
    ground.sessions.start(of(2, 1_000)).unwrap();
    // As a handler that still runs holds it.
    let held = ground.sessions.get(of(2, 0).id).unwrap();
    porter.cast(Parcel::Pass(1)).unwrap();
    until(|| held.log().len() == 3).await;
    sleep(Duration::from_secs(61)).await;
    let kept = || ground.sessions.list().iter().map(|one| one.plan.id).collect::<Vec<_>>();
    assert_eq!(kept(), [of(2, 0).id, of(1, 0).id]);
    for number in 3..=17 {
        ground.sessions.start(of(number, 10)).unwrap();
        sleep(Duration::from_millis(11)).await;
    }
    assert_eq!((kept().len(), kept()[0], held.log().len()), (16, of(1, 0).id, 0));
    let large = TracePlan { max_events: 200_000, ..of(18, 10) };
    ground.sessions.start(large).unwrap();
    assert_eq!((kept().len(), kept()[0]), (16, of(3, 0).id), "what has events gives way to it");
}

#[tokio::test]
async fn a_request_is_followed_by_all_sessions_that_it_meets() {
    let ground = Ground::new();
    let last = porter(None).await;
    let middle = porter(Some(&last)).await;
    let first = porter(Some(&middle)).await;
    let plans = [numbered(Ground::on(&first, true), 1), numbered(Ground::on(&middle, true), 2)];
    for plan in &plans {
        ground.sessions.start(plan.clone()).unwrap();
    }
    first.cast(Parcel::Pass(1)).unwrap();
    let handled = |plan: &TracePlan| {
        let events = ground.sessions.events(plan.id, 0, 100).unwrap().events;
        events.iter().filter(|event| event.kind == TraceKind::Handled).count()
    };
    until(|| handled(&plans[0]) == 3 && handled(&plans[1]) == 2).await;
}

#[tokio::test(start_paused = true)]
async fn a_node_that_is_full_lets_pass_what_others_follow() {
    let ground = Ground::new();
    let porter = porter(None).await;
    let full = TracePlan { max_events: 1, ..Ground::on(&porter, true) };
    ground.sessions.start(full.clone()).unwrap();
    porter.cast(Parcel::Pass(1)).unwrap();
    until(|| ground.ended() == Some(SessionEnd::Events)).await;
    let unknown = numbered(full.clone(), 99).id;
    let passed = || {
        let ids = [full.id, unknown];
        let mut context = Context { followers: ids.into_iter().collect(), ..Context::new() };
        let chosen = ground.sessions.choose(None, None, &mut context, clock::nanos());
        assert!(chosen.is_empty());
        context.followers.iter().collect::<Vec<_>>()
    };
    assert!(is_active());
    let counted = ground.sessions.table().counted;
    assert_eq!(
        (counted.active, counted.running),
        (1, 0),
        "of what carries no context nothing is told"
    );
    assert_eq!(passed(), [full.id, unknown]);
    sleep(Duration::from_secs(11)).await;
    assert_eq!(passed(), [unknown], "by now it is over everywhere");
    let again = numbered(full.clone(), 2);
    ground.sessions.start(again.clone()).unwrap();
    porter.cast(Parcel::Pass(1)).unwrap();
    let ended = || ground.sessions.find(again.id).and_then(|share| share.ended);
    until(|| ended() == Some(SessionEnd::Events)).await;
    let passes = || !ground.sessions.table().stops(again.id, clock::nanos());
    assert!(passes());
    ground.sessions.end(again.id).unwrap();
    assert!(!passes(), "nobody wants it any more");
}

#[tokio::test(start_paused = true)]
async fn nothing_is_added_once_its_end_was_told() {
    let ground = Ground::new();
    let plan = plan(of_type("Nobody"));
    ground.sessions.start(plan.clone()).unwrap();
    let session = ground.sessions.get(plan.id).unwrap();
    let noticed = Happened::new(TraceKind::Spawned, clock::nanos(), None);
    session.tell(noticed.clone());
    sleep(Duration::from_secs(10)).await;
    let share = ground.sessions.list().remove(0);
    assert_eq!((share.ended, share.events), (Some(SessionEnd::Time), 1));
    // Its thread was slow.
    session.tell(noticed);
    assert_eq!(ground.sessions.list()[0].events, 1);
}

#[tokio::test(start_paused = true)]
async fn the_end_of_a_node_ends_its_sessions() {
    let ground = Ground::new();
    let plan = plan(of_type("Nobody"));
    ground.sessions.start(plan.clone()).unwrap();
    let session = ground.sessions.get(plan.id).unwrap();
    let follow = ground.sessions.watch(plan.id, 0).unwrap().count();
    let closed = async { futures_util::join!(follow, async { ground.sessions.close() }) };
    let (told, ()) = timeout(Duration::from_secs(1), closed).await.expect("not by its time");
    assert_eq!(told, 0);
    assert_eq!(session.ended(clock::nanos()).map(|ended| ended.0), Some(SessionEnd::Request));
}

#[tokio::test(start_paused = true)]
async fn sessions_end_and_are_forgotten_though_nobody_looks() {
    let ground = Ground::new();
    let mut keeping = JoinSet::new();
    keeping.spawn(Arc::clone(&ground.sessions).keep());
    // By now it waits, and nothing is due.
    sleep(Duration::from_millis(1)).await;
    let few = TracePlan { max_events: 1, ..plan(of_type("Nobody")) };
    ground.sessions.start(few.clone()).unwrap();
    // By now it waits for the end of its time.
    sleep(Duration::from_millis(1)).await;
    let session = ground.sessions.table().find(few.id).cloned().unwrap();
    session.tell(Happened::new(TraceKind::Spawned, clock::nanos(), None));
    let live_and_all = || {
        let table = ground.sessions.table();
        (table.live().len(), table.all().count())
    };
    sleep(Duration::from_millis(1)).await;
    assert_eq!(live_and_all(), (0, 1), "it is full");
    ground.sessions.start(numbered(few, 2)).unwrap();
    sleep(Duration::from_secs(11)).await;
    assert_eq!(live_and_all(), (0, 2), "its time is over");
    sleep(Duration::from_mins(10)).await;
    assert_eq!(live_and_all(), (0, 0));
}
