//! Operations whose node is asked for: `x@b` is at node `b`, as the clusters of these tests have it.

use std::{
    future::{pending, ready},
    sync::{
        Arc,
        atomic::{AtomicU32, Ordering},
    },
    time::Duration,
};

use futures_util::{FutureExt as _, StreamExt as _, future::BoxFuture, stream};
use serde_json::{Value, json};

use super::*;
use crate::{
    answer::{Emitted, EncodedEvent, EventStream},
    arguments::Arguments,
    dispatch::{Answered, dispatch},
    envelope::{Envelope, encode_answer, encode_stream},
    error::InvalidInput,
    membership::Ran,
    principal::Principal,
    registry::Registry,
    samples::{ID, leaked, operation},
    scripted_cluster::{Owner, Sent, context_of, hung, streaming_context, with_owners},
    spec::{Access, Answers, CallFn, Target},
};

const SECOND: Duration = Duration::from_secs(1);

#[expect(clippy::needless_pass_by_value, reason = "the shape of `Cluster::owner`")]
fn named_node(_: NodeContext, named: String) -> Owner {
    let node: NodeName = named.rsplit('@').next().unwrap().parse().unwrap();
    Box::pin(ready(Ok(node)))
}

fn owned() -> OperationSpec {
    OperationSpec {
        target: Target::Owner { parameter: "id" },
        parameters: ID,
        call: |context, _| Box::pin(async move { Reply::json(context.node()) }),
        ..operation("own.show", Method::Get, "/own/{id}")
    }
}

/// Node `a` of three; `c` is down, and `b` answers its name and the key of the request.
fn nodes() -> NodeContext {
    context_of(Registry::default(), &["b", "-c"], SECOND, |node, envelope: Envelope, _| {
        let answer = format!("{node} {}", envelope.idempotency_key.unwrap_or_default());
        Box::pin(ready(Ok(encode_answer(Reply::json(&answer)))))
    })
}

async fn ask(
    spec: OperationSpec,
    context: NodeContext,
    named: &str,
) -> Result<Answered, OperationError> {
    let arguments = json!({ "id": named }).to_string();
    dispatch(leaked(vec![spec])[0], context, Arguments::Json(arguments.as_bytes())).await
}

async fn answer(spec: OperationSpec, context: NodeContext, named: &str) -> Value {
    let reply = ask(spec, context, named).await.unwrap().reply;
    serde_json::from_slice(&reply.into_json().unwrap()).unwrap()
}

#[tokio::test]
async fn it_runs_where_the_owner_is() {
    let nodes = || with_owners(nodes(), named_node);
    assert_eq!(answer(owned(), nodes(), "x@a").await, "a");
    let mut keyed = nodes();
    keyed.invocation.idempotency_key = Some(String::from("k"));
    assert_eq!(answer(owned(), keyed, "x@b").await, "b k");
    for (named, code) in [("x@c", Code::NodeUnavailable), ("x@d", Code::NotFound)] {
        let error = ask(owned(), nodes(), named).await.unwrap_err();
        assert_eq!(*error.code(), code);
    }
}

#[tokio::test]
async fn a_cluster_in_which_nobody_owns_anything_runs_it_here() {
    assert_eq!(answer(owned(), nodes(), "x@b").await, "a");
}

#[tokio::test]
async fn a_bad_request_and_a_low_role_are_refused_before_anybody_is_asked() {
    let unasked = || with_owners(nodes(), |_, named| panic!("asked who has {named}"));
    let check = |_: Arguments<'_>| Err(InvalidInput::new(Vec::new()));
    let error = ask(OperationSpec { check, ..owned() }, unasked(), "x@b").await.unwrap_err();
    assert_eq!(*error.code(), Code::InvalidInput);
    let mut context = unasked();
    context.invocation.principal = Principal::nobody();
    let admin = OperationSpec { access: Access::Admin, ..owned() };
    let error = ask(admin, context, "x@b").await.unwrap_err();
    assert!([401, 403].contains(&error.status()), "{error}");
}

#[tokio::test]
async fn the_reason_why_nobody_is_found_is_the_answer_and_nothing_ran() {
    let nobody = |_, named| -> Owner {
        let error = OperationError::conflict(format!("{named} is on two nodes")).after_run();
        Box::pin(ready(Err(error)))
    };
    let error = ask(owned(), with_owners(nodes(), nobody), "x").await.unwrap_err();
    assert_eq!((error.code(), error.detail()), (&Code::Conflict, "x is on two nodes"));
    assert!(!error.has_run());
}

#[tokio::test(start_paused = true)]
async fn asking_is_part_of_the_deadline() {
    let stuck = |_, _| -> Owner { Box::pin(pending()) };
    let error = ask(owned(), with_owners(nodes(), stuck), "x").await.unwrap_err();
    assert_eq!(*error.code(), Code::DistributedTimeout);
    assert!(error.failures().iter().all(|failure| failure.ran == Ran::No), "{error:?}");
    let slow = |context: NodeContext, _| -> Owner {
        Box::pin(async move {
            tokio::time::sleep(context.time_left() / 2).await;
            Ok("b".parse().unwrap())
        })
    };
    let left = Arc::new(AtomicU32::new(0));
    let seen = Arc::clone(&left);
    let sent = move |_: &NodeName, envelope: Envelope, timeout| -> Sent {
        seen.store(u32::try_from(envelope.time_left_ms).unwrap(), Ordering::Relaxed);
        hung(timeout)
    };
    let context = with_owners(context_of(Registry::default(), &["b"], SECOND, sent), slow);
    ask(owned(), context, "x").await.unwrap_err();
    assert_eq!(left.load(Ordering::Relaxed), 500, "what was left once `b` was known");
}

#[tokio::test]
async fn who_asks_can_invoke_others_on_behalf_of_the_caller() {
    let call: CallFn =
        |context, _| Box::pin(async move { Reply::json(&(context.request_id().to_string(), "b")) });
    let inner = OperationSpec { call, ..operation("own.find", Method::Get, "/find") };
    let registry = Registry::from_specs(leaked(vec![inner])).unwrap();
    let context = context_of(registry, &["b"], SECOND, |_, envelope: Envelope, _| {
        Box::pin(ready(Ok(encode_answer(Reply::json(&envelope.request_id.to_string())))))
    });
    let finds = |context: NodeContext, _| -> Owner {
        Box::pin(async move {
            let (request, node): (String, String) = context.invoke("own.find", &json!({})).await?;
            assert_eq!(request, context.request_id().as_str());
            Ok(node.parse().unwrap())
        })
    };
    let context = with_owners(context, finds);
    let request = context.request_id().to_string();
    assert_eq!(answer(owned(), context, "x").await, request);
}

#[tokio::test]
async fn a_dry_run_asks_who_would_run_it() {
    let call: CallFn = |_, _| panic!("it ran");
    let tried = |named: &'static str| {
        let mut context = with_owners(nodes(), named_node);
        context.invocation.is_dry_run = true;
        ask(OperationSpec { call, ..owned() }, context, named)
    };
    for (named, node) in [("x@a", "a"), ("x@b", "b")] {
        let plan = tried(named).await.unwrap().reply.into_json().unwrap();
        let plan: Value = serde_json::from_slice(&plan).unwrap();
        assert_eq!(plan["nodes"], json!([{ "node": node, "reachable": true }]));
    }
    for (named, code) in [("x@c", Code::NodeUnavailable), ("x@d", Code::NotFound)] {
        assert_eq!(*tried(named).await.unwrap_err().code(), code);
    }
}

#[tokio::test]
async fn a_stream_comes_from_the_owner() {
    fn one(node: &str) -> EventStream {
        let event = EncodedEvent { id: None, data: format!("\"{node}\"").into() };
        EventStream::new(stream::iter([Ok(Emitted::Event(event))]))
    }
    let call: CallFn =
        |context, _| Box::pin(async move { Ok(Reply::Stream(one(context.node().as_str()))) });
    let spec =
        || OperationSpec { answers: Answers::Stream { is_resumable: false }, call, ..owned() };
    for node in ["a", "b"] {
        let context = streaming_context(&["b"], SECOND, |node, _, _| {
            let items = encode_stream(Ok(Reply::Stream(one(node.as_str()))));
            Box::pin(ready(Ok(items.map(Ok).boxed())))
        });
        let context = with_owners(context, named_node);
        let reply = ask(spec(), context, &format!("x@{node}")).await.unwrap().reply;
        let mut events = reply.into_events().unwrap();
        let Some(Ok(Emitted::Event(event))) = events.next().await else { panic!("no event") };
        assert_eq!(event.data, format!("\"{node}\""));
    }
}

#[tokio::test]
async fn a_caller_that_hangs_up_ends_the_asking() {
    let asking = Arc::new(());
    let held = Arc::clone(&asking);
    let stuck = move |_, _| -> Owner {
        let held = Arc::clone(&held);
        Box::pin(async move {
            pending::<()>().await;
            drop(held);
            Ok("a".parse().unwrap())
        })
    };
    let context = with_owners(nodes(), stuck);
    let mut asked: BoxFuture<'_, _> = Box::pin(ask(owned(), context, "x"));
    assert!(asked.as_mut().now_or_never().is_none());
    let while_asking = Arc::strong_count(&asking);
    drop(asked);
    assert!(Arc::strong_count(&asking) < while_asking);
}
