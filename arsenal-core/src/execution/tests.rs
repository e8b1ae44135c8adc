//! Limits and keys, on a paused clock.

use std::{
    sync::atomic::{AtomicU32, Ordering},
    time::Duration,
};

use futures_util::FutureExt as _;
use serde_json::{Value, json};
use tokio::time::{advance, sleep};

use super::*;
use crate::{
    context::{Invocation, Services},
    hooks::{Hooks, Scope},
    membership::{Alone, Mode, Ran},
    principal::{Principal, Role},
    registry::Registry,
    request_id::RequestId,
    samples::{leaked, operation},
    spec::{CallFn, Limits, Method, Rate},
    telemetry::{MetricsFormat, metrics},
};

const SECOND: Duration = Duration::from_secs(1);

/// How often the operation of one test has run: part of its node.
struct Runs(AtomicU32);

/// Does what its arguments say, and answers which run it was.
fn obedient(
    context: NodeContext,
    arguments: Arguments<'_>,
) -> BoxFuture<'static, Result<Reply, OperationError>> {
    let Arguments::Json(json) = arguments else { panic!("the tests send objects") };
    let wish: Value = serde_json::from_slice(json).unwrap();
    if wish["do"] == "refuse" {
        let refused = OperationError::from(crate::error::InvalidInput::new(Vec::new()));
        return Box::pin(std::future::ready(Err(refused)));
    }
    Box::pin(async move {
        let runs = &context.service::<Runs>().unwrap().0;
        let number = runs.fetch_add(1, Ordering::Relaxed) + 1;
        let _loud = (wish["do"] == "panic when dropped").then(|| Loud);
        sleep(Duration::from_millis(wish["ms"].as_u64().unwrap_or_default())).await;
        assert!(wish["do"] != "panic", "as it was told");
        match wish["do"].as_str() {
            Some("fail") => Err(OperationError::forbidden("no").because("a secret").after_run()),
            _ => Reply::json(&number),
        }
    })
}

/// Panics when it is dropped.
struct Loud;

impl Drop for Loud {
    fn drop(&mut self) {
        panic!("as it was told")
    }
}

struct Bench {
    node: Arc<NodeParts>,
    spec: &'static OperationSpec,
}

impl Bench {
    fn new(limits: Limits) -> Self {
        Self::with_hooks(limits, &Hooks::new())
    }

    fn with_hooks(limits: Limits, hooks: &Hooks) -> Self {
        let call: CallFn = obedient;
        let spec = OperationSpec {
            limits,
            call,
            is_idempotent: true,
            ..operation("own.one", Method::Post, "/own")
        };
        let spec = leaked(vec![spec])[0];
        let name: NodeName = "a".parse().unwrap();
        let services = Services::default().with(Runs(AtomicU32::new(0)));
        let registry = Arc::new(Registry::from_specs(vec![spec]).unwrap());
        let cluster = Arc::new(Alone::new(name.clone()));
        let node = NodeParts::new(name, cluster, registry, services, Mode::Cluster);
        Self { node: Arc::new(node.with_hooks(hooks).unwrap()), spec }
    }

    fn runs(&self) -> u32 {
        self.node.services.get::<Runs>().unwrap().0.load(Ordering::Relaxed)
    }

    /// A request that waits for a second.
    fn send(&self, key: Option<&str>, wish: &Value) -> Execution {
        self.send_as("tester", key, wish)
    }

    fn send_as(&self, who: &str, key: Option<&str>, wish: &Value) -> Execution {
        let principal = Principal::new(who, Role::Admin);
        let deadline = Instant::now() + SECOND;
        let invocation = Invocation {
            idempotency_key: key.map(str::to_owned),
            ..Invocation::new(principal, RequestId::new(), deadline)
        };
        let context = NodeContext::new(Arc::clone(&self.node), invocation);
        execute(self.spec, context, Arguments::Json(wish.to_string().as_bytes()))
    }
}

fn bench() -> Bench {
    Bench::new(Limits::DEFAULT)
}

/// The number of the run, and whether it was an earlier one.
fn number(outcome: Result<Reply, OperationError>) -> (u32, bool) {
    let reply = outcome.unwrap();
    let is_replayed = matches!(reply, Reply::Replayed(_));
    (serde_json::from_slice(&reply.into_json().unwrap()).unwrap(), is_replayed)
}

fn code(outcome: Result<Reply, OperationError>) -> String {
    outcome.unwrap_err().code().as_str().to_owned()
}

#[tokio::test(start_paused = true)]
async fn so_many_run_at_once_and_a_place_is_free_when_its_run_ends() {
    let bench = Bench::new(Limits { concurrency: Some(2), ..Limits::DEFAULT });
    let slow = json!({ "ms": 100 });
    let (first, second) = (bench.send(None, &slow), bench.send(None, &slow));
    let error = bench.send(None, &slow).await.unwrap_err();
    assert_eq!(*error.code(), Code::Overloaded);
    assert_eq!((error.failures()[0].ran, bench.runs()), (Ran::No, 0));
    drop(first);
    let third = bench.send(None, &json!({ "do": "panic" }));
    assert_eq!(code(third.await), "internal");
    let fourth = bench.send(None, &json!({ "ms": 5000 }));
    assert_eq!(code(bench.send(None, &slow).await), "overloaded");
    assert_eq!(code(fourth.await), "distributed_timeout");
    drop(second);
    let (fifth, sixth) = (bench.send(None, &slow), bench.send(None, &slow));
    assert!(matches!(tokio::join!(fifth, sixth), (Ok(_), Ok(_))), "both places are free again");
}

#[tokio::test(start_paused = true)]
async fn a_function_that_waited_does_not_go_on_after_a_pause_that_outlasts_its_deadline() {
    let bench = bench();
    let wish = json!({ "ms": 100, "do": "panic" });
    let mut frozen = Box::pin(bench.send(None, &wish));
    assert!(frozen.as_mut().now_or_never().is_none(), "it waits");
    advance(2 * SECOND).await;
    assert_eq!(code(frozen.await), "distributed_timeout", "it would have panicked");
    let mut woken = Box::pin(bench.send(None, &wish));
    assert!(woken.as_mut().now_or_never().is_none(), "it waits");
    advance(SECOND / 2).await;
    assert_eq!(code(woken.await), "internal", "a shorter pause changes nothing");
}

#[tokio::test(start_paused = true)]
async fn it_starts_so_often_and_says_when_it_would_again() {
    let rate = Some(Rate { count: 2, per: Duration::from_secs(10) });
    let bench = Bench::new(Limits { rate, ..Limits::DEFAULT });
    let wish = json!({});
    for _ in 0..2 {
        assert!(bench.send(None, &wish).await.is_ok());
    }
    let error = bench.send(None, &wish).await.unwrap_err();
    assert_eq!((error.code(), error.retry_after_s()), (&Code::RateLimited, Some(5)));
    assert_eq!((error.failures()[0].ran, bench.runs()), (Ran::No, 2));
    sleep(Duration::from_secs(5)).await;
    assert!(bench.send(None, &wish).await.is_ok());
    assert_eq!(code(bench.send(None, &wish).await), "rate_limited");
}

#[tokio::test(start_paused = true)]
async fn a_key_runs_once_whether_the_first_has_ended_or_not() {
    let bench = bench();
    let wish = json!({ "ms": 100 });
    let first = bench.send(Some("k"), &wish);
    let second = bench.send(Some("k"), &wish);
    let (second, first) = tokio::join!(second, first);
    assert_eq!((number(first), number(second)), ((1, false), (1, true)));
    assert_eq!(number(bench.send(Some("k"), &wish).await), (1, true));
    assert_eq!(number(bench.send(Some("l"), &wish).await), (2, false));
    assert_eq!(number(bench.send_as("another", Some("k"), &wish).await), (3, false));
    assert_eq!(number(bench.send(None, &wish).await), (4, false));
}

#[tokio::test(start_paused = true)]
async fn a_key_with_other_input_is_a_conflict() {
    let bench = bench();
    let first = bench.send(Some("k"), &json!({ "ms": 100 }));
    let error = bench.send(Some("k"), &json!({ "ms": 101 })).await.unwrap_err();
    assert_eq!((error.code(), error.failures()[0].ran), (&Code::Conflict, Ran::No));
    assert_eq!(number(first.await), (1, false));
    assert_eq!(code(bench.send(Some("k"), &json!({})).await), "conflict");
    assert_eq!(bench.runs(), 1);
}

#[tokio::test(start_paused = true)]
async fn who_comes_again_after_a_timeout_or_a_hang_up_gets_the_true_answer() {
    let bench = bench();
    let wish = json!({ "ms": 2500 });
    drop(bench.send(Some("k"), &wish));
    assert_eq!(code(bench.send(Some("k"), &wish).await), "distributed_timeout");
    assert_eq!(code(bench.send(Some("k"), &wish).await), "distributed_timeout");
    assert_eq!(number(bench.send(Some("k"), &wish).await), (1, true));
}

#[tokio::test(start_paused = true)]
async fn what_ran_is_remembered_however_it_ended() {
    let bench = bench();
    let endless = json!({ "ms": 1_000_000 });
    assert_eq!(code(bench.send(Some("endless"), &endless).await), "distributed_timeout");
    sleep(bench.spec.timeout).await;
    for (key, wish, expected) in [
        ("panic", json!({ "do": "panic" }), "internal"),
        ("fail", json!({ "do": "fail" }), "forbidden"),
        ("endless", endless, "distributed_timeout"),
    ] {
        let runs = bench.runs();
        let is_known = key == "endless";
        if !is_known {
            assert_eq!(code(bench.send(Some(key), &wish).await), expected);
        }
        let again = bench.send(Some(key), &wish).await.unwrap_err();
        assert_eq!((again.code().as_str(), again.is_replayed()), (expected, true));
        assert!(std::error::Error::source(&again).is_none(), "{again:?}");
        assert_eq!(bench.runs(), runs + u32::from(!is_known), "{key}");
    }
}

#[tokio::test(start_paused = true)]
async fn what_was_refused_is_not_remembered() {
    let rate = Some(Rate { count: 1, per: SECOND });
    let bench = Bench::new(Limits { concurrency: Some(1), rate, ..Limits::DEFAULT });
    let (refused, good) = (json!({ "do": "refuse" }), json!({ "ms": 10 }));
    assert_eq!(code(bench.send(Some("k"), &refused).await), "invalid_input");
    assert_eq!(code(bench.send(Some("k"), &good).await), "rate_limited");
    sleep(SECOND).await;
    let first = bench.send(Some("other"), &good);
    assert_eq!(code(bench.send(Some("k"), &good).await), "overloaded");
    assert_eq!(number(first.await), (1, false));
    sleep(SECOND).await;
    assert_eq!(number(bench.send(Some("k"), &good).await), (2, false));
    let again = bench.send(Some("k"), &good).now_or_never();
    assert_eq!(number(again.unwrap()), (2, true), "an answer from memory is no start");
}

#[tokio::test(start_paused = true)]
async fn a_key_that_another_version_let_through_is_refused() {
    let mut bench = bench();
    bench.spec = leaked(vec![operation("own.two", Method::Post, "/two")])[0];
    let error = bench.send(Some("k"), &json!({})).await.unwrap_err();
    assert_eq!((error.code(), error.failures()[0].ran), (&Code::InvalidInput, Ran::No));
}

#[tokio::test(start_paused = true)]
async fn what_a_hook_refuses_did_not_run_and_is_not_remembered() {
    let asked = Arc::new(AtomicU32::new(0));
    let hooks = Hooks::new().before(Scope::all(), move |_, _| {
        let number = asked.fetch_add(1, Ordering::Relaxed);
        async move {
            match number {
                0 => Err(OperationError::conflict("closed on Sundays")),
                1 => Err(OperationError::internal().after_run()),
                2 => panic!("in a hook"),
                _ => Ok(()),
            }
        }
    });
    let bench = Bench::with_hooks(Limits::DEFAULT, &hooks);
    for expected in ["conflict", "internal", "internal"] {
        let error = bench.send(Some("k"), &json!({})).await.unwrap_err();
        assert_eq!((error.code().as_str(), error.is_replayed()), (expected, false));
        assert_eq!((error.failures()[0].ran, error.has_run()), (Ran::No, false));
    }
    assert_eq!(number(bench.send(Some("k"), &json!({})).await), (1, false));
}

#[tokio::test(start_paused = true)]
async fn a_replay_passes_the_hooks_before_and_is_no_run() {
    let (asked, ended) = (Arc::new(AtomicU32::new(0)), Arc::new(AtomicU32::new(0)));
    let seen = Arc::clone(&ended);
    let before = move |_: &'static OperationSpec, _: NodeContext| {
        let is_closed = asked.fetch_add(1, Ordering::Relaxed) == 2;
        async move { if is_closed { Err(OperationError::forbidden("not any more")) } else { Ok(()) } }
    };
    let hooks = Hooks::new().before(Scope::all(), before).after(Scope::all(), move |_, _, _, _| {
        seen.fetch_add(1, Ordering::Relaxed);
    });
    let bench = Bench::with_hooks(Limits::DEFAULT, &hooks);
    let send = || bench.send(Some("k"), &json!({}));
    assert_eq!(number(send().await), (1, false));
    assert_eq!(number(send().await), (1, true));
    let error = send().await.unwrap_err();
    assert_eq!((error.code(), error.is_replayed()), (&Code::Forbidden, false));
    assert_eq!(number(send().await), (1, true));
    assert_eq!(ended.load(Ordering::Relaxed), 1, "the hooks after have seen the one run");
    let text = metrics(&bench.node, MetricsFormat::Prometheus);
    for line in [
        r#"arsenal_operation_replays_total{operation="own.one",code="ok"} 2"#,
        r#"arsenal_operation_invocations_total{operation="own.one",code="ok"} 1"#,
        r#"arsenal_operation_invocations_total{operation="own.one",code="forbidden"} 1"#,
        r#"arsenal_operation_duration_seconds_count{operation="own.one"} 1"#,
    ] {
        assert!(text.lines().any(|it| it == line), "{line}\n{text}");
    }
}

#[tokio::test(start_paused = true)]
async fn what_runs_with_a_key_ends_with_the_node() {
    let bench = bench();
    let wish = json!({ "ms": 100 });
    let mut first = bench.send(Some("k"), &wish);
    assert!((&mut first).now_or_never().is_none());
    tokio::task::yield_now().await;
    assert_eq!(bench.runs(), 1, "it has begun");
    let ended = Instant::now();
    bench.node.end_runs();
    assert_eq!((code(first.await), Instant::now()), (String::from("distributed_exit"), ended));
}

#[tokio::test(start_paused = true)]
async fn a_destructor_that_panics_keeps_no_answer_from_coming() {
    let bench = Bench::new(Limits { concurrency: Some(1), ..Limits::DEFAULT });
    let loud = |ms: u32| json!({ "do": "panic when dropped", "ms": ms });
    assert_eq!(code(bench.send(None, &loud(5000)).await), "distributed_timeout");
    let mut given_up = bench.send(None, &loud(5000));
    assert!((&mut given_up).now_or_never().is_none());
    drop(given_up);
    assert_eq!(code(bench.send(None, &loud(0)).await), "internal");
    assert_eq!(number(bench.send(None, &json!({})).await), (4, false), "the place is free");
}
