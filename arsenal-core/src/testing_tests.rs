//! That everything around the function is real.

use serde_json::{Value, json};

use super::*;
use crate::{
    answer::FanOut,
    error::Code,
    samples::{catalogue, leaked, operation},
    spec::{Access, Method, StateRequirement, Target},
};

fn with(spec: OperationSpec) -> TestNode {
    let mut specs = catalogue();
    specs.push(spec);
    TestNode::new(Registry::from_specs(leaked(specs)).unwrap())
}

fn own() -> OperationSpec {
    OperationSpec {
        call: |_, _| Box::pin(async { Reply::json(&7) }),
        ..operation("own.one", Method::Post, "/own")
    }
}

async fn failed(node: TestNode, operation: &str) -> OperationError {
    node.call::<Value>(operation, json!({})).await.unwrap_err()
}

#[tokio::test]
async fn the_answer_is_that_of_the_function_or_of_the_whole_plan() {
    let everywhere = || with(OperationSpec { target: Target::AllNodes { only: None }, ..own() });
    assert_eq!(everywhere().call::<u32>("own.one", json!({})).await.unwrap(), 7);
    let whole: FanOut<Value> = everywhere().request("own.one", json!({})).await.unwrap();
    assert_eq!((whole.data, whole.nodes.answered), (json!({ "alone": 7 }), 1));
}

#[tokio::test]
async fn the_caller_is_authorised() {
    let admin_only = || with(OperationSpec { access: Access::Admin, ..own() });
    assert_eq!(admin_only().call::<u32>("own.one", json!({})).await.unwrap(), 7);
    let error = failed(admin_only().role(Role::Operate), "own.one").await;
    assert_eq!(*error.code(), Code::Forbidden);
    let error = failed(admin_only().caller(Principal::nobody()), "own.one").await;
    assert_eq!(*error.code(), Code::Unauthenticated);
}

#[tokio::test]
async fn a_panic_is_an_error() {
    let spec = OperationSpec { call: |_, _| panic!("a secret"), ..own() };
    let error = failed(with(spec), "own.one").await;
    assert_eq!((error.code(), error.detail()), (&Code::Internal, "`own.one` panicked"));
}

#[tokio::test(start_paused = true)]
async fn the_timeout_ends_it() {
    let start = Instant::now();
    let spec = OperationSpec { call: |_, _| Box::pin(std::future::pending()), ..own() };
    let timeout = spec.timeout;
    let error = failed(with(spec), "own.one").await;
    assert_eq!(*error.code(), Code::DistributedTimeout);
    assert_eq!(start.elapsed(), timeout);
}

#[test]
#[should_panic(expected = "no operation `own.on` is linked; near are [\"own.one\"]")]
fn a_slip_in_the_name_is_told() {
    drop(with(own()).call::<u32>("own.on", json!({})));
}

#[test]
#[should_panic(expected = "`own.one` needs a `u8`: give it with `.with(…)`")]
fn a_missing_state_is_told() {
    const STATES: &[StateRequirement] = &[StateRequirement {
        type_name: std::any::type_name::<u8>,
        is_present: |services| services.get::<u8>().is_some(),
    }];
    drop(with(OperationSpec { states: STATES, ..own() }).call::<u32>("own.one", json!({})));
}

#[tokio::test]
#[should_panic(expected = "`own.one` answered something else")]
async fn another_type_is_told() {
    drop(with(own()).call::<String>("own.one", json!({})).await);
}
