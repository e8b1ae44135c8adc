//! Streams of the own node, of another one and of all, against nodes that follow a script.

use std::{
    future::{pending, ready},
    sync::{
        Arc, Mutex,
        atomic::{AtomicUsize, Ordering},
    },
    time::Duration,
};

use bytes::Bytes;
use futures_util::{
    StreamExt as _,
    future::BoxFuture,
    stream::{self},
};
use tokio::time::{Instant, sleep};

use super::*;
use crate::{
    answer::{Emitted, EncodedEvent, EventStream, Reply},
    arguments::Arguments,
    context::NodeContext,
    dispatch::{Answered, dispatch},
    envelope::{StreamItem, encode_stream},
    error::{Code, OperationError},
    limits::STREAMS_MAX,
    membership::CallError,
    samples::{ID, leaked, operation},
    scripted_cluster::{Opening, streaming_context},
    spec::{Answers, CallFn, Method, OperationSpec, Target},
};

const SECOND: Duration = Duration::from_secs(1);
const ALL: Target = Target::AllNodes { only: None };
const ONE: Target = Target::Node { parameter: "id" };

type Started = BoxFuture<'static, Result<Reply, OperationError>>;

#[expect(clippy::unnecessary_wraps, reason = "as the items of a stream are")]
fn event(id: &(impl ToString + ?Sized), data: &str) -> Result<Emitted, OperationError> {
    let data = Bytes::copy_from_slice(data.as_bytes());
    Ok(Emitted::Event(EncodedEvent { id: Some(id.to_string()), data }))
}

/// Numbers from the one behind the last id on, three in all.
fn numbers(last_event_id: Option<&str>) -> EventStream {
    let first = last_event_id.map_or(1, |id| id.parse::<u32>().unwrap() + 1);
    EventStream::new(stream::iter((first..4).map(|n| event(&n, &n.to_string()))))
}

fn started(events: EventStream) -> Started {
    Box::pin(ready(Ok(Reply::Stream(events))))
}

fn counts(context: NodeContext, _: Arguments<'_>) -> Started {
    let events = numbers(context.last_event_id());
    drop(context);
    started(events)
}

fn spec(target: Target, call: CallFn) -> &'static OperationSpec {
    let answers = Answers::Stream { is_resumable: true };
    let parameters = if target == ONE { ID } else { &[] };
    let one = operation("own.one", Method::Get, "/own");
    leaked(vec![OperationSpec { target, answers, parameters, call, ..one }])[0]
}

/// Another node that gives these items, then ends.
fn gives(items: impl IntoIterator<Item = Result<Emitted, OperationError>>) -> Opening {
    let items: Vec<_> = items.into_iter().collect();
    opened(encode_stream(Ok(Reply::Stream(EventStream::new(stream::iter(items))))).map(Ok))
}

fn opened(items: impl stream::Stream<Item = Result<Bytes, CallError>> + Send + 'static) -> Opening {
    Box::pin(ready(Ok(items.boxed())))
}

fn refuses(error: OperationError) -> Opening {
    opened(encode_stream(Err(error)).map(Ok))
}

fn unavailable() -> Opening {
    Box::pin(ready(Err(CallError::Unavailable)))
}

async fn ask(
    spec: &'static OperationSpec,
    context: &NodeContext,
) -> Result<Answered, OperationError> {
    dispatch(spec, context.clone(), Arguments::Json(br#"{"id":"b"}"#)).await
}

async fn stream_of(spec: &'static OperationSpec, context: &NodeContext) -> EventStream {
    let Reply::Stream(events) = ask(spec, context).await.unwrap().reply else {
        panic!("one value")
    };
    events
}

/// Each item as text: data, or the code of what failed.
async fn all(events: EventStream) -> Vec<String> {
    events.map(shown).collect().await
}

fn shown(item: Result<Emitted, OperationError>) -> String {
    match item {
        Ok(Emitted::Event(event)) => String::from_utf8(event.data.to_vec()).unwrap(),
        Ok(Emitted::Failed(failure)) => format!("{} {}", failure.node, failure.code),
        Err(error) => format!("error {}", error.code()),
    }
}

fn alone() -> NodeContext {
    streaming_context(&[], SECOND, |_, _, _| unavailable())
}

fn resumed(mut context: NodeContext, last_event_id: &str) -> NodeContext {
    context.invocation.last_event_id = Some(last_event_id.to_owned());
    context
}

#[tokio::test(start_paused = true)]
async fn the_time_limit_is_one_of_the_start() {
    let ticks: CallFn = |context, _| {
        let tick = move |n: u32| {
            let context = context.clone();
            async move {
                sleep(10 * SECOND).await;
                assert!(context.time_left() > SECOND, "an operation that it invokes has time");
                Some((event(&n, "\"tick\""), n + 1))
            }
        };
        started(EventStream::new(stream::unfold(0, tick).take(3)))
    };
    let events = stream_of(spec(Target::Here, ticks), &alone()).await;
    assert_eq!(all(events).await.len(), 3);

    let never: CallFn = |_, _| Box::pin(pending());
    let error = ask(spec(Target::Here, never), &alone()).await.unwrap_err();
    assert_eq!(*error.code(), Code::DistributedTimeout);
}

#[tokio::test]
async fn a_panic_in_a_stream_is_its_last_event() {
    let panics: CallFn = |_, _| {
        let events =
            stream::iter(0..3).map(|n| if n == 1 { panic!("a user's") } else { event(&n, "0") });
        started(EventStream::new(events))
    };
    let events = stream_of(spec(Target::Here, panics), &alone()).await;
    assert_eq!(all(events).await, ["0", "error internal"]);
    let context = streaming_context(&["-b"], SECOND, |_, _, _| unavailable());
    let events = stream_of(spec(ALL, panics), &context).await;
    assert_eq!(
        all(events).await,
        ["b node_unavailable", r#"{"node":"a","data":0}"#, "a internal", "error internal"]
    );
}

#[tokio::test]
async fn another_node_gives_its_events_and_goes_on_after_the_last_one() {
    let context = streaming_context(&["b"], SECOND, |_, envelope, _| {
        opened(encode_stream(Ok(Reply::Stream(numbers(envelope.last_event_id.as_deref())))).map(Ok))
    });
    let spec = spec(ONE, counts);
    assert_eq!(all(stream_of(spec, &context).await).await, ["1", "2", "3"]);
    assert_eq!(all(stream_of(spec, &resumed(context, "2")).await).await, ["3"]);
}

#[tokio::test(start_paused = true)]
async fn what_does_not_start_on_another_node_is_an_ordinary_error() {
    let hung = || -> Opening { Box::pin(pending()) };
    let silent = || opened(stream::pending());
    let out_of_order = || {
        let event = EncodedEvent { id: None, data: Bytes::from_static(b"1") };
        opened(stream::iter([Ok(StreamItem::Event(event).encode())]))
    };
    let cases: [(fn() -> Opening, Code); 5] = [
        (|| refuses(OperationError::conflict("full")), Code::Conflict),
        (unavailable, Code::NodeUnavailable),
        (hung, Code::DistributedTimeout),
        (silent, Code::DistributedTimeout),
        (out_of_order, Code::Internal),
    ];
    for (open, code) in cases {
        let context = streaming_context(&["b"], SECOND, move |_, _, _| open());
        assert_eq!(*ask(spec(ONE, counts), &context).await.unwrap_err().code(), code);
    }
}

#[tokio::test]
async fn a_stream_whose_path_is_lost_says_so() {
    let context = streaming_context(&["b"], SECOND, |_, _, _| {
        let sent = encode_stream(Ok(Reply::Stream(numbers(None)))).take(2).map(Ok);
        opened(sent.chain(stream::iter([Err(CallError::Lost)])))
    });
    let events = stream_of(spec(ONE, counts), &context).await;
    assert_eq!(all(events).await, ["1", "error distributed_exit"]);
}

#[tokio::test]
async fn a_client_that_leaves_ends_the_stream_wherever_it_runs() {
    static RUNNING: AtomicUsize = AtomicUsize::new(0);
    struct Runs;
    impl Runs {
        fn new() -> Self {
            RUNNING.fetch_add(1, Ordering::SeqCst);
            Self
        }
    }
    impl Drop for Runs {
        fn drop(&mut self) {
            RUNNING.fetch_sub(1, Ordering::SeqCst);
        }
    }
    fn endless() -> EventStream {
        let runs = Runs::new();
        EventStream::new(stream::repeat(()).map(move |()| {
            let _runs = &runs;
            event(&0, "1")
        }))
    }
    let context = streaming_context(&["b"], SECOND, |_, _, _| {
        opened(encode_stream(Ok(Reply::Stream(endless()))).map(Ok))
    });
    for (target, sources) in [(Target::Here, 1), (ONE, 1), (ALL, 2)] {
        let mut events = stream_of(spec(target, |_, _| started(endless())), &context).await;
        for _ in 0..4 {
            assert!(events.next().await.unwrap().is_ok());
        }
        assert_eq!(RUNNING.load(Ordering::SeqCst), sources);
        drop(events);
        assert_eq!(RUNNING.load(Ordering::SeqCst), 0, "{target:?}");
    }
}

#[tokio::test]
async fn all_nodes_take_turns_and_one_that_fails_does_not_end_the_others() {
    let context = streaming_context(&["b", "c", "-d"], SECOND, |node, _, _| {
        if node.as_str() == "b" {
            return gives([event(&1, "\"x\""), Err(OperationError::conflict("full"))]);
        }
        refuses(OperationError::not_found("nothing here"))
    });
    let answered = ask(spec(ALL, counts), &context).await.unwrap();
    let Reply::Stream(events) = answered.reply else { panic!("one value") };
    let mut shown = all(events).await;
    let order: Vec<_> = shown.iter().filter(|text| text.starts_with('{')).cloned().collect();
    let own = |n: u32| format!(r#"{{"node":"a","data":{n}}}"#);
    assert_eq!(order, [own(1), String::from(r#"{"node":"b","data":"x"}"#), own(2), own(3)]);
    shown.retain(|text| !text.starts_with('{'));
    shown.sort();
    assert_eq!(shown, ["b conflict", "c not_found", "d node_unavailable"]);
}

#[tokio::test]
async fn where_no_node_starts_the_worst_failure_speaks() {
    let context = streaming_context(&["b", "-c"], SECOND, |_, _, _| {
        opened(stream::iter([Err(CallError::Lost)]))
    });
    let refuse: CallFn = |_, _| Box::pin(ready(Err(OperationError::conflict("full"))));
    let error = ask(spec(ALL, refuse), &context).await.unwrap_err();
    assert_eq!(*error.code(), Code::DistributedExit);
    assert_eq!(error.failures().len(), 3);
}

#[tokio::test(start_paused = true)]
async fn a_slow_node_comes_in_later_and_a_hung_one_fails_at_the_deadline() {
    let context = streaming_context(&["b", "c"], SECOND, |node, _, _| {
        if node.as_str() == "c" {
            return Box::pin(pending());
        }
        Box::pin(async {
            sleep(SECOND / 2).await;
            gives([event(&1, "\"late\"")]).await
        })
    });
    let start = Instant::now();
    let answered = ask(spec(ALL, counts), &context).await.unwrap();
    assert!(start.elapsed().is_zero() && !answered.is_partial);
    let Reply::Stream(events) = answered.reply else { panic!("one value") };
    let shown = all(events).await;
    assert_eq!(shown[3..], [r#"{"node":"b","data":"late"}"#, "c distributed_timeout"]);
}

#[tokio::test]
async fn every_node_is_resumed_where_it_was() {
    let asked = Arc::new(Mutex::new(Vec::new()));
    let log = Arc::clone(&asked);
    let context = streaming_context(&["b"], SECOND, move |_, envelope, _| {
        log.lock().unwrap().push(envelope.last_event_id);
        gives([event("x", "\"b\"")])
    });
    let spec = spec(ALL, counts);
    let mut events = stream_of(spec, &context).await;
    let mut last = String::new();
    for _ in 0..3 {
        if let Some(Ok(Emitted::Event(event))) = events.next().await {
            last = event.id.unwrap();
        }
    }
    // Two of this node and the only one of the other are behind it.
    let rest = all(stream_of(spec, &resumed(context.clone(), &last)).await).await;
    assert!(rest.contains(&String::from(r#"{"node":"a","data":3}"#)), "{rest:?}");
    assert!(!rest.contains(&String::from(r#"{"node":"a","data":2}"#)), "{rest:?}");
    assert_eq!(*asked.lock().unwrap(), [None, Some(String::from("x"))]);
    let error = ask(spec, &resumed(context, "7")).await.unwrap_err();
    assert_eq!(error.violations()[0].name, LAST_EVENT_ID.as_str());
}

#[tokio::test]
async fn a_node_has_room_for_so_many_streams() {
    let endless: CallFn = |_, _| started(EventStream::new(stream::pending()));
    let context = streaming_context(&["b"], SECOND, |_, _, _| gives([]));
    let here = spec(Target::Here, endless);
    let each = stream::iter(0..STREAMS_MAX).then(|_| stream_of(here, &context));
    let mut open: Vec<EventStream> = each.collect().await;
    for spec in [here, spec(ONE, endless), spec(ALL, endless)] {
        assert_eq!(*ask(spec, &context).await.unwrap_err().code(), Code::Overloaded);
    }
    drop(open.pop());
    assert!(ask(here, &context).await.is_ok());
    assert_eq!(open.len(), STREAMS_MAX - 1);
}
