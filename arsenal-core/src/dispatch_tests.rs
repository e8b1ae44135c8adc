//! What a client gets for what goes wrong before, on and after the nodes.

use std::{
    future::{pending, ready},
    sync::atomic::{AtomicU32, Ordering},
    time::Duration,
};

use schemars::SchemaGenerator;

use super::*;
use crate::{
    answer::GatherFn,
    envelope::{Envelope, encode_answer},
    membership::Ran,
    registry::Registry,
    samples::{ID, leaked, operation},
    scripted_cluster::{Sent, context, context_of, hung},
    spec::{CallFn, Method, RehearseFn, Rehearsing},
};

const SECOND: Duration = Duration::from_secs(1);

fn answers(
    context: NodeContext,
    _: Arguments<'_>,
) -> BoxFuture<'static, Result<Reply, OperationError>> {
    Box::pin(async move { Reply::json(context.node()) })
}

/// An operation on all nodes.
fn everywhere() -> OperationSpec {
    OperationSpec {
        target: Target::AllNodes { only: None },
        call: answers,
        ..operation("own.one", Method::Get, "/own")
    }
}

async fn error(spec: OperationSpec, context: NodeContext, json: &str) -> OperationError {
    let spec = leaked(vec![spec])[0];
    dispatch(spec, context, Arguments::Json(json.as_bytes())).await.unwrap_err()
}

#[tokio::test]
async fn a_panic_while_arguments_are_checked_is_internal() {
    let own = || context(&["b"], SECOND, |_, _, timeout| hung(timeout));
    let check = |_: Arguments<'_>| panic!("a user's Deserialize");
    let target = Target::Node { parameter: "id" };
    for (target, node) in [(target, "b"), (target, "nobody"), (everywhere().target, "b")] {
        let spec = OperationSpec { target, check, parameters: ID, ..everywhere() };
        let error = error(spec, own(), &format!(r#"{{"id":"{node}"}}"#)).await;
        assert_eq!(*error.code(), Code::Internal);
    }
}

#[tokio::test]
async fn a_panic_while_answers_are_gathered_is_internal() {
    let gather = GatherFn {
        output: |generator: &mut SchemaGenerator| generator.subschema_for::<u8>(),
        run: |_| panic!("a user's gather"),
    };
    let spec = OperationSpec { gather: Gather::With(gather), ..everywhere() };
    let error = error(spec, context(&[], SECOND, |_, _, timeout| hung(timeout)), "{}").await;
    assert_eq!(*error.code(), Code::Internal);
}

#[tokio::test(start_paused = true)]
async fn errors_of_the_cluster_say_what_is_missing() {
    let to = |parameter| Target::Node { parameter };
    let one = || OperationSpec { target: to("id"), parameters: ID, ..everywhere() };
    let stuck: CallFn = |_, _| Box::pin(pending());
    let cases = [
        (one(), "c", Code::NodeUnavailable),
        (OperationSpec { require: Require::All, ..everywhere() }, "", Code::NodeRequired),
        (one(), "b", Code::DistributedExit),
        (
            OperationSpec { target: Target::Here, call: stuck, ..one() },
            "",
            Code::DistributedTimeout,
        ),
    ];
    for (spec, node, code) in cases {
        let lost = |_: &NodeName, _, _| -> Sent { Box::pin(ready(Err(CallError::Lost))) };
        let error =
            error(spec, context(&["b", "-c"], SECOND, lost), &format!(r#"{{"id":"{node}"}}"#))
                .await;
        assert_eq!(*error.code(), code);
        let cluster = error.to_problem("").cluster.unwrap();
        assert!(cluster.missing.iter().map(NodeName::as_str).eq(["c"]));
    }
}

#[tokio::test]
async fn in_a_fan_out_each_node_remembers_for_itself_and_inner_calls_have_no_key() {
    static RUNS: AtomicU32 = AtomicU32::new(0);
    let answered = |node: &NodeName, envelope: Envelope, _| -> Sent {
        let key = envelope.idempotency_key.as_deref();
        assert_eq!(key, if envelope.operation == "own.keyed" { Some("k") } else { None });
        let fails = node.as_str() == "c";
        Box::pin(ready(if fails {
            Err(CallError::Lost)
        } else {
            Ok(encode_answer(Reply::json(&7)))
        }))
    };
    let call: CallFn = |context, _| {
        Box::pin(async move {
            context.invoke::<u8>("own.inner", &serde_json::json!({ "id": "b" })).await?;
            Reply::json(&RUNS.fetch_add(1, Ordering::Relaxed))
        })
    };
    let own = |name| operation(name, Method::Post, "/own/{id}");
    let to_one = Target::Node { parameter: "id" };
    let inner = OperationSpec { target: to_one, parameters: ID, ..own("own.inner") };
    let keyed = OperationSpec {
        target: everywhere().target,
        call,
        is_idempotent: true,
        path: "/keyed",
        ..own("own.keyed")
    };
    let registry = Registry::from_specs(leaked(vec![inner, keyed])).unwrap();
    let mut context = context_of(registry, &["b", "c"], SECOND, answered);
    context.invocation.idempotency_key = Some(String::from("k"));
    let spec = context.registry().get("own.keyed").unwrap();
    let mut answers = Vec::new();
    for _ in 0..2 {
        let answered = dispatch(spec, context.clone(), Arguments::Json(b"{}")).await.unwrap();
        assert!(answered.is_partial);
        answers.push(answered.reply.into_json().unwrap());
    }
    assert_eq!(answers[0], answers[1], "node `a` answered as before");
}

async fn rehearsed(spec: OperationSpec, json: &str) -> Result<serde_json::Value, OperationError> {
    let unsent = |node: &NodeName, _, _| -> Sent { panic!("node {node} was called") };
    let mut context = context(&["b", "-c"], SECOND, unsent);
    context.invocation.is_dry_run = true;
    let call: CallFn = |_, _| panic!("it ran");
    let spec = leaked(vec![OperationSpec { call, ..spec }])[0];
    let reply = dispatch(spec, context, Arguments::Json(json.as_bytes())).await?.reply;
    Ok(serde_json::from_slice(&reply.into_json()?).unwrap())
}

#[tokio::test]
async fn a_dry_run_names_dead_nodes_too_and_sends_nothing() {
    let answer = rehearsed(everywhere(), "{}").await.unwrap();
    let nodes = serde_json::json!([
        { "node": "a", "reachable": true },
        { "node": "b", "reachable": true },
        { "node": "c", "reachable": false },
    ]);
    assert_eq!((&answer["operation"], &answer["nodes"]), (&"own.one".into(), &nodes));
    assert_eq!(answer["partition"]["verdict"], "majority");
    let to = |target| OperationSpec { target, parameters: ID, ..everywhere() };
    let one = Target::Node { parameter: "id" };
    let answer = rehearsed(to(one), r#"{"id":"b"}"#).await.unwrap();
    assert_eq!(answer["nodes"], serde_json::json!([{ "node": "b", "reachable": true }]));
}

#[tokio::test]
async fn a_dry_run_has_the_problems_of_the_real_one() {
    let to = |target| OperationSpec { target, parameters: ID, ..everywhere() };
    let one = Target::Node { parameter: "id" };
    let narrowed = Target::AllNodes { only: Some("id") };
    let check = |_: Arguments<'_>| Err(crate::error::InvalidInput::new(Vec::new()));
    for (spec, node, code) in [
        (to(one), "c", Code::NodeUnavailable),
        (to(narrowed), "c", Code::NodeUnavailable),
        (to(one), "x", Code::NotFound),
        (OperationSpec { require: Require::All, ..everywhere() }, "", Code::NodeRequired),
        (OperationSpec { check, ..to(one) }, "b", Code::InvalidInput),
        (OperationSpec { check, ..everywhere() }, "", Code::InvalidInput),
        (OperationSpec { check, ..to(Target::Here) }, "", Code::InvalidInput),
    ] {
        let error = rehearsed(spec, &format!(r#"{{"id":"{node}"}}"#)).await.unwrap_err();
        assert_eq!(*error.code(), code);
    }
}

#[tokio::test(start_paused = true)]
async fn an_operation_that_chooses_nodes_says_itself_where_it_would_run() {
    let itself = |rehearse: RehearseFn| {
        rehearsed(
            OperationSpec { target: Target::Here, rehearse: Some(rehearse), ..everywhere() },
            "{}",
        )
    };
    let answer = itself(|_, _| on_node("b")).await.unwrap();
    assert_eq!(answer["nodes"], serde_json::json!([{ "node": "b", "reachable": true }]));
    for (rehearse, code) in [
        ((|_, _| on_node("c")) as RehearseFn, Code::NodeUnavailable),
        (|_, _| on_node("x"), Code::NotFound),
        (|_, _| Box::pin(ready(Err(OperationError::conflict("taken")))), Code::Conflict),
        (|_, _| Box::pin(async { panic!("on purpose") }), Code::Internal),
        (|_, _| panic!("on purpose"), Code::Internal),
        (|_, _| Box::pin(pending()), Code::DistributedTimeout),
    ] {
        assert_eq!(*itself(rehearse).await.unwrap_err().code(), code);
    }
}

fn on_node(node: &str) -> Rehearsing {
    Box::pin(ready(Ok(vec![node.parse().unwrap()])))
}

#[tokio::test]
async fn a_dry_run_without_a_majority_is_refused_like_the_real_one() {
    let spec = || OperationSpec { require: Require::Majority, ..everywhere() };
    let nodes = || context(&["-b", "-c"], SECOND, |_, _, timeout| hung(timeout));
    let mut tried = nodes();
    tried.invocation.is_dry_run = true;
    for context in [tried, nodes()] {
        let error = error(spec(), context, "{}").await;
        let listed: Vec<_> = error.failures().iter().map(|it| it.node.as_str()).collect();
        assert_eq!((error.code(), listed), (&Code::NodeUnavailable, vec!["b", "c"]));
    }
}

#[tokio::test]
async fn a_missing_node_that_is_required_is_listed_and_nothing_ran() {
    let spec = OperationSpec { require: Require::All, ..everywhere() };
    let context = context(&["b", "-c", "-d"], SECOND, |_, _, timeout| hung(timeout));
    let error = error(spec, context, "{}").await;
    let listed: Vec<_> =
        error.failures().iter().map(|failure| (failure.node.as_str(), failure.ran)).collect();
    assert_eq!(listed, [("c", Ran::No), ("d", Ran::No)]);
}
