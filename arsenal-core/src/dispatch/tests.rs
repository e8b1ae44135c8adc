//! What a client gets for what goes wrong before, on and after the nodes.

use std::time::Duration;

use schemars::SchemaGenerator;

use super::*;
use crate::{
    answer::GatherFn,
    samples::{ID, leaked, operation},
    scripted_cluster::{context, hung},
    spec::Method,
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
