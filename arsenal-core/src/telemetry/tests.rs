//! Spans and log lines, as a subscriber gets them.

use std::{
    collections::BTreeMap,
    fmt,
    sync::{Arc, Mutex},
    time::Duration,
};

use bytes::Bytes;
use futures_util::{FutureExt as _, StreamExt as _, stream};
use tracing::{
    Event, Level, Subscriber,
    field::{Field, Visit},
    span::{Attributes, Id, Record},
    subscriber::DefaultGuard,
};
use tracing_subscriber::{
    filter::LevelFilter,
    layer::{Context, Layer, SubscriberExt as _},
    registry::LookupSpan,
};

use super::*;
use crate::{
    answer::{Emitted, EncodedEvent, EventStream, Reply},
    arguments::Arguments,
    context::{Invocation, NodeContext},
    dispatch::dispatch,
    envelope::{Envelope, encode_answer, encode_stream},
    error::{Code, OperationError},
    execution::execute,
    registry::Registry,
    samples::{ID, leaked, node_of, operation},
    scripted_cluster::{context_of, hung, streaming_context, with_owners},
    spec::{Answers, CallFn, Method, OperationSpec, Target},
};

const SECOND: Duration = Duration::from_secs(1);
const TRACE: &str = "4bf92f3577b34da6a3ce929d0e0e4736";

type Fields = BTreeMap<String, String>;

/// What was seen, in order. An event has the fields of the span that it happened in, by `in.`.
#[derive(Clone, Default)]
struct Seen(Arc<Mutex<Vec<Fields>>>);

impl Seen {
    /// Sees what this thread does until the guard is dropped.
    fn watch() -> (Self, DefaultGuard) {
        Self::watch_from(LevelFilter::TRACE)
    }

    fn watch_from(level: LevelFilter) -> (Self, DefaultGuard) {
        let seen = Self::default();
        let subscriber = tracing_subscriber::registry().with(level).with(seen.clone());
        (seen, tracing::subscriber::set_default(subscriber))
    }

    /// What has this field.
    fn with(&self, name: &str) -> Vec<Fields> {
        let all = self.0.lock().unwrap();
        all.iter().filter(|fields| fields.contains_key(name)).cloned().collect()
    }

    /// The spans of operations, by the node that they ran on.
    fn spans(&self, node: &str) -> Vec<Fields> {
        let mut spans = self.with("otel.name");
        spans.retain(|fields| fields["arsenal.node"] == node);
        spans
    }

    /// Log lines that are more than details.
    fn lines(&self) -> Vec<Fields> {
        let mut lines = self.with("level");
        lines.retain(|fields| fields["level"] != Level::DEBUG.as_str());
        lines
    }
}

/// The trace that a span is part of.
fn trace_id(span: &Fields) -> &str {
    span["traceparent"].split('-').nth(1).unwrap()
}

/// The span's own id.
fn span_id(span: &Fields) -> &str {
    span["traceparent"].split('-').nth(2).unwrap()
}

/// Where a span's fields are in the list.
struct Index(usize);

struct Take<'a>(&'a mut Fields);

impl Visit for Take<'_> {
    fn record_debug(&mut self, field: &Field, value: &dyn fmt::Debug) {
        self.0.insert(field.name().to_owned(), format!("{value:?}"));
    }

    fn record_str(&mut self, field: &Field, value: &str) {
        self.0.insert(field.name().to_owned(), value.to_owned());
    }
}

impl<S: Subscriber + for<'a> LookupSpan<'a>> Layer<S> for Seen {
    fn on_new_span(&self, attributes: &Attributes<'_>, id: &Id, context: Context<'_, S>) {
        let mut fields = Fields::new();
        attributes.record(&mut Take(&mut fields));
        let mut seen = self.0.lock().unwrap();
        context.span(id).unwrap().extensions_mut().insert(Index(seen.len()));
        seen.push(fields);
    }

    fn on_record(&self, id: &Id, values: &Record<'_>, context: Context<'_, S>) {
        let span = context.span(id).unwrap();
        let index = span.extensions().get::<Index>().unwrap().0;
        values.record(&mut Take(&mut self.0.lock().unwrap()[index]));
    }

    fn on_event(&self, event: &Event<'_>, context: Context<'_, S>) {
        let mut seen = self.0.lock().unwrap();
        let mut fields = Fields::new();
        if let Some(span) = context.event_span(event) {
            let index = span.extensions().get::<Index>().unwrap().0;
            let around =
                seen[index].iter().map(|(name, value)| (format!("in.{name}"), value.clone()));
            fields.extend(around);
        }
        event.record(&mut Take(&mut fields));
        fields.insert(String::from("level"), event.metadata().level().to_string());
        seen.push(fields);
    }
}

fn spec(call: CallFn, target: Target) -> &'static OperationSpec {
    let one = operation("own.one", Method::Get, "/own");
    leaked(vec![OperationSpec { target, call, ..one }])[0]
}

fn registry(spec: &'static OperationSpec) -> Registry {
    Registry::from_specs(vec![spec]).unwrap()
}

/// What a client of node `alone` asks for.
fn asked(spec: &'static OperationSpec) -> NodeContext {
    let mut context = node_of(registry(spec)).own_context(SECOND);
    context.invocation.trace = of_client();
    context
}

fn of_client() -> TraceContext {
    TraceContext::of_request(Some(format!("00-{TRACE}-00f067aa0ba902b7-01").as_bytes()))
}

const NO_ARGUMENTS: Arguments<'_> = Arguments::Json(b"{}");

/// Answers, and says so in the log.
const ANSWERS: CallFn = |context, _| {
    Box::pin(async move {
        tracing::info!("the user's own event");
        tokio::task::yield_now().await;
        tracing::info!("the user's second event");
        Reply::json(&context.trace().to_string())
    })
};

#[tokio::test]
async fn an_operation_runs_inside_of_one_span() {
    let (seen, _guard) = Seen::watch();
    let spec = spec(ANSWERS, Target::Here);
    let context = asked(spec);
    let request_id = context.request_id().to_string();
    let answered = dispatch(spec, context, NO_ARGUMENTS).await.unwrap();

    let spans = seen.spans("alone");
    let [span] = spans.as_slice() else { panic!("{spans:?}") };
    for (name, value) in [
        ("otel.name", "own.one"),
        ("otel.kind", "server"),
        ("rpc.system", "arsenal"),
        ("rpc.method", "own.one"),
        ("arsenal.node", "alone"),
        ("parent_span_id", "00f067aa0ba902b7"),
        ("arsenal.request_id", &request_id),
    ] {
        assert_eq!(span[name], value, "{name}");
    }
    assert!(!span.contains_key("error.type"));
    let inside = seen.with("level");
    assert_eq!(inside.len(), 2);
    assert!(inside.iter().all(|event| event["in.traceparent"] == span["traceparent"]));
    assert_eq!(trace_id(span), TRACE);
    let own = format!("\"{}\"", span["traceparent"]);
    assert_eq!(answered.reply.into_json().unwrap(), own, "the function can carry its trace on");
}

#[tokio::test]
async fn the_spans_of_all_nodes_stand_under_that_of_the_entry() {
    let (seen, _guard) = Seen::watch();
    let spec = spec(ANSWERS, Target::AllNodes { only: None });
    let on_b = |envelope: Envelope| {
        let mut context = node_of(registry(spec)).own_context(SECOND);
        let sent = envelope.trace_context.unwrap();
        context.invocation = Invocation {
            is_from_peer: true,
            trace: TraceContext::of_request(Some(sent.as_bytes())),
            ..context.invocation
        };
        execute(spec, context, NO_ARGUMENTS)
    };
    let mut context = context_of(registry(spec), &["b"], SECOND, move |_, envelope, _| {
        let running = on_b(envelope);
        Box::pin(async move { Ok(encode_answer(running.await)) })
    });
    context.invocation.trace = of_client();
    dispatch(spec, context, NO_ARGUMENTS).await.unwrap();

    let on_a = seen.spans("a");
    let [entry, own] = on_a.as_slice() else { panic!("{on_a:?}") };
    let on_b = seen.spans("alone");
    let [other] = on_b.as_slice() else { panic!("{on_b:?}") };
    assert_eq!((&*entry["parent_span_id"], &*entry["otel.kind"]), ("00f067aa0ba902b7", "server"));
    for (span, kind) in [(own, "internal"), (other, "server")] {
        assert_eq!((trace_id(span), &*span["otel.kind"]), (TRACE, kind));
        assert_eq!(span["parent_span_id"], span_id(entry));
        assert_ne!(span_id(span), span_id(entry));
    }
}

#[tokio::test]
async fn a_change_is_told_once_where_it_came_in() {
    let (seen, _guard) = Seen::watch();
    let told = || -> Vec<Fields> { seen.with("outcome") };
    let changes = operation("own.end", Method::Delete, "/own/{id}");
    let fails: CallFn =
        |_, _| Box::pin(async { Err(OperationError::not_found("no such").after_run()) });
    let refused: CallFn = |_, _| Box::pin(async { Err(OperationError::new(Code::Conflict, "")) });
    let [ends, fails, refused] = leaked(vec![
        OperationSpec { call: ANSWERS, ..changes },
        OperationSpec { name: "own.fail", call: fails, ..changes },
        OperationSpec { name: "own.refused", call: refused, ..changes },
    ])[..] else {
        unreachable!()
    };
    let headers = http::HeaderMap::new();
    let (template, path, query) = ("/own/{id}", "/own/7%0A", "");
    let arguments = Arguments::Http { template, path, query, headers: &headers, body: b"" };
    dispatch(ends, asked(ends), arguments).await.unwrap();
    let [line] = &told()[..] else { panic!("{:?}", told()) };
    let said = ["operation", "path", "by", "outcome"].map(|field| line[field].as_str());
    assert_eq!(said, ["own.end", "/own/7%0A", asked(ends).principal().name(), "ok"]);
    dispatch(fails, asked(fails), NO_ARGUMENTS).await.unwrap_err();
    assert_eq!(told()[1]["outcome"], "not_found");
    dispatch(refused, asked(refused), NO_ARGUMENTS).await.unwrap_err();

    let mut tried = asked(ends);
    tried.invocation.is_dry_run = true;
    dispatch(ends, tried, arguments).await.unwrap();
    let mut inside = asked(ends);
    inside.invocation.trace = TraceContext::new();
    execute(ends, inside, arguments).await.unwrap();
    let mut from_peer = asked(ends);
    from_peer.invocation.is_from_peer = true;
    execute(ends, from_peer, arguments).await.unwrap();
    let reads = spec(ANSWERS, Target::Here);
    dispatch(reads, asked(reads), arguments).await.unwrap();
    assert_eq!(told().len(), 2, "{:?}", told());
}

#[tokio::test]
async fn an_operation_that_another_one_invokes_stands_under_it() {
    let (seen, _guard) = Seen::watch();
    let inner = operation("own.inner", Method::Get, "/inner");
    let outer = operation("own.outer", Method::Get, "/outer");
    let specs = leaked(vec![
        OperationSpec { call: ANSWERS, ..inner },
        OperationSpec {
            call: |context, _| {
                Box::pin(
                    async move { Reply::json(&context.invoke::<String>("own.inner", &()).await?) },
                )
            },
            ..outer
        },
    ]);
    let context = node_of(Registry::from_specs(specs.clone()).unwrap()).own_context(SECOND);
    dispatch(specs[1], context, NO_ARGUMENTS).await.unwrap();
    let spans = seen.spans("alone");
    let [outer, inner] = spans.as_slice() else { panic!("{spans:?}") };
    assert!(!outer.contains_key("parent_span_id"));
    assert_eq!(inner["parent_span_id"], span_id(outer));
    assert_eq!(trace_id(inner), trace_id(outer));
    assert_eq!((&*outer["otel.kind"], &*inner["otel.kind"]), ("internal", "internal"));
}

#[tokio::test]
async fn the_search_for_an_owner_and_the_run_stand_under_the_entry() {
    let (seen, _guard) = Seen::watch();
    let specs = leaked(vec![
        OperationSpec { call: ANSWERS, ..operation("own.find", Method::Get, "/find") },
        OperationSpec {
            target: Target::Owner { parameter: "id" },
            parameters: ID,
            call: ANSWERS,
            ..operation("own.show", Method::Get, "/own/{id}")
        },
    ]);
    let registry = Registry::from_specs(specs.clone()).unwrap();
    let context = context_of(registry, &[], SECOND, |_, _, timeout| hung(timeout));
    let context = with_owners(context, |context, _| {
        Box::pin(async move {
            context.invoke::<String>("own.find", &()).await?;
            Ok(context.node().clone())
        })
    });
    dispatch(specs[1], context, Arguments::Json(br#"{"id":"x"}"#)).await.unwrap();
    let spans = seen.spans("a");
    let [entry, find, run] = spans.as_slice() else { panic!("{spans:?}") };
    for (span, name) in [(entry, "own.show"), (find, "own.find"), (run, "own.show")] {
        assert_eq!((&*span["otel.name"], trace_id(span)), (name, trace_id(entry)));
    }
    for span in [find, run] {
        assert_eq!(span["parent_span_id"], span_id(entry));
    }
}

#[tokio::test]
async fn a_failure_is_one_line_inside_of_its_span() {
    let (seen, _guard) = Seen::watch();
    let spec = spec(
        |_, _| Box::pin(async { Err(OperationError::internal().because("the disk is full")) }),
        Target::Here,
    );
    dispatch(spec, asked(spec), NO_ARGUMENTS).await.unwrap_err();
    let lines = seen.lines();
    let [line] = lines.as_slice() else { panic!("{lines:?}") };
    assert_eq!((&*line["level"], &*line["reason"]), ("ERROR", "the disk is full"));
    assert_eq!(line["in.otel.name"], "own.one");
    assert!(!line.contains_key("operation"), "the span says it: {line:?}");
    let span = &seen.spans("alone")[0];
    assert_eq!((&*span["error.type"], &*span["otel.status_code"]), ("internal", "ERROR"));
}

/// Gives an event, says so in the log, then fails.
fn breaks(how: fn() -> OperationError) -> EventStream {
    EventStream::new(stream::iter(0..2).map(move |n| {
        if n == 1 {
            return Err(how());
        }
        tracing::info!("the user's own event");
        Ok(Emitted::Event(EncodedEvent { id: None, data: Bytes::from_static(b"0") }))
    }))
}

#[tokio::test]
async fn a_stream_that_fails_is_one_line_inside_of_its_span() {
    let fails: CallFn = |_, _| {
        let how = || OperationError::internal().because("the disk is full");
        Box::pin(async move { Ok(Reply::Stream(breaks(how))) })
    };
    let panics: CallFn =
        |_, _| Box::pin(async { Ok(Reply::Stream(breaks(|| panic!("the disk is full")))) });
    for (call, target) in [fails, panics]
        .into_iter()
        .flat_map(|call| [Target::Here, Target::AllNodes { only: None }].map(|to| (call, to)))
    {
        let (seen, _guard) = Seen::watch();
        let answers = Answers::Stream { is_resumable: false };
        let spec = leaked(vec![OperationSpec { answers, ..*spec(call, target) }])[0];
        let context = streaming_context(&["b"], SECOND, |_, _, _| {
            let ended = Reply::Stream(EventStream::new(stream::empty()));
            Box::pin(async { Ok(encode_stream(Ok(ended)).map(Ok).boxed()) })
        });
        let answered = dispatch(spec, context, NO_ARGUMENTS).await.unwrap();
        let Reply::Stream(events) = answered.reply else { panic!("one value") };
        assert_eq!(events.count().await, 2);

        let lines = seen.lines();
        let [own, line] = lines.as_slice() else { panic!("{lines:?}") };
        assert_eq!((&*line["level"], &*line["code"]), ("ERROR", "internal"));
        assert!(line["reason"].contains("the disk is full"), "{line:?}");
        assert_eq!(line["in.otel.name"], "own.one");
        assert!(line.contains_key("in.arsenal.request_id"));
        assert_eq!(own["in.traceparent"], line["in.traceparent"], "polled inside of the span");
        let spans = seen.spans("a");
        assert_eq!(spans.last().unwrap()["error.type"], "internal");
    }
}

#[tokio::test]
async fn at_info_a_span_says_the_rest_when_it_fails() {
    let (seen, _guard) = Seen::watch_from(LevelFilter::INFO);
    let answers = spec(ANSWERS, Target::Here);
    dispatch(answers, asked(answers), NO_ARGUMENTS).await.unwrap();
    let fails = spec(|_, _| Box::pin(async { Err(OperationError::internal()) }), Target::Here);
    dispatch(fails, asked(fails), NO_ARGUMENTS).await.unwrap_err();
    let spans = seen.with("otel.name");
    let [good, bad] = spans.as_slice() else { panic!("{spans:?}") };
    for span in [good, bad] {
        assert_eq!((trace_id(span), &*span["parent_span_id"]), (TRACE, "00f067aa0ba902b7"));
        assert!(span.contains_key("arsenal.request_id"));
    }
    for detail in ["otel.kind", "rpc.system", "rpc.method", "arsenal.node", "error.type"] {
        assert!(!good.contains_key(detail) && bad.contains_key(detail), "{detail}");
    }
}

#[tokio::test]
async fn the_line_of_a_panic_says_where_it_was() {
    locate_panics();
    let (seen, _guard) = Seen::watch();
    let spec = spec(|_, _| Box::pin(async { panic!("a secret") }), Target::Here);
    let context = asked(spec);
    let node = Arc::clone(&context.node);
    let error = dispatch(spec, context, NO_ARGUMENTS).await.unwrap_err();
    assert_eq!(*error.code(), Code::Internal);
    assert!(!error.detail().contains("secret"));
    let lines = seen.lines();
    let [line] = lines.as_slice() else { panic!("{lines:?}") };
    let reason = &line["reason"];
    assert!(reason.contains("a secret") && reason.contains("telemetry/tests.rs:"), "{reason}");
    let text = metrics(&node, MetricsFormat::Prometheus);
    for sample in [
        r#"arsenal_operation_panics_total{operation="own.one"} 1"#,
        r#"arsenal_operation_invocations_total{operation="own.one",code="internal"} 1"#,
    ] {
        assert!(text.lines().any(|line| line == sample), "{sample} in {text}");
    }
}

#[tokio::test]
async fn whoever_leaves_first_is_counted() {
    let (seen, _guard) = Seen::watch();
    let spec = spec(|_, _| Box::pin(std::future::pending()), Target::Here);
    let context = asked(spec);
    let node = Arc::clone(&context.node);
    let mut running = Box::pin(dispatch(spec, context, NO_ARGUMENTS));
    assert!((&mut running).now_or_never().is_none());
    let has =
        |sample: &str| metrics(&node, MetricsFormat::Prometheus).lines().any(|line| line == sample);
    assert!(has(r#"arsenal_operation_in_flight{operation="own.one"} 1"#));
    drop(running);
    assert!(has(r#"arsenal_operation_in_flight{operation="own.one"} 0"#));
    assert!(has(r#"arsenal_operation_invocations_total{operation="own.one",code="cancelled"} 1"#));
    assert_eq!(seen.spans("alone")[0]["error.type"], "cancelled");
}
