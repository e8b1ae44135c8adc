//! An operation that calls another one: an invocation like any other, on behalf of the same caller.

use std::time::Duration;

use serde::{Serialize, de::DeserializeOwned};
use tokio::time::Instant;

use crate::{
    arguments::Arguments, context::NodeContext, decode::read_answer, dispatch::dispatch,
    error::OperationError, limits::INVOKE_MARGIN_MAX,
};

impl NodeContext {
    /// Invokes an operation by its permanent name, with all its parameters as fields of one object.
    ///
    /// The caller, the request id and the deadline are those of this invocation; the deadline is
    /// a little earlier, so that this invocation still gets to see a timeout of the inner one, and
    /// cut to the other operation's timeout.
    ///
    /// # Errors
    ///
    /// The error of the operation, whichever node it ran on; `internal` where no operation of that
    /// name exists, it is a stream or it answers another type.
    pub async fn invoke<T: DeserializeOwned>(
        &self,
        operation: &str,
        arguments: &impl Serialize,
    ) -> Result<T, OperationError> {
        let internal = |reason: String| OperationError::internal().because(reason);
        let spec = self
            .registry()
            .get(operation)
            .ok_or_else(|| internal(format!("no operation `{operation}`")))?;
        if spec.is_stream() {
            return Err(internal(format!("`{operation}` is a stream: it cannot be invoked")));
        }
        let arguments =
            serde_json::to_vec(arguments).map_err(|error| internal(error.to_string()))?;
        let mut context = self.clone();
        context.invocation.is_from_peer = false;
        // A key stands for the whole of what its request does, not for each part.
        context.invocation.idempotency_key = None;
        context.invocation.is_dry_run = false;
        context.invocation.last_event_id = None;
        context.invocation.deadline = Instant::now() + inner_time(self.time_left(), spec.timeout);
        let answered = dispatch(spec, context, Arguments::Json(&arguments)).await?;
        read_answer(&answered.reply.into_json()?)
            .map_err(|error| internal(format!("`{operation}` answered something else: {error}")))
    }
}

/// How long an inner operation may take.
fn inner_time(time_left: Duration, timeout: Duration) -> Duration {
    let margin = INVOKE_MARGIN_MAX.min(time_left / 10);
    time_left.saturating_sub(margin).min(timeout)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::{
        error::Code,
        registry::Registry,
        samples::{ID, leaked, operation},
        scripted_cluster::{context_of, hung},
        spec::{Method, OperationSpec, Target},
    };

    #[test]
    fn an_inner_operation_ends_before_the_outer_one() {
        let ms = Duration::from_millis;
        for (left, timeout, expected) in
            [(1000, 5000, 980), (100, 5000, 90), (1000, 500, 500), (0, 5000, 0)]
        {
            assert_eq!(inner_time(ms(left), ms(timeout)), ms(expected));
        }
    }

    #[tokio::test(start_paused = true)]
    async fn the_outer_operation_says_which_node_hung() {
        let one = || operation("own.inner", Method::Get, "/own/{id}");
        let to_one = Target::Node { parameter: "id" };
        let inner = OperationSpec { target: to_one, parameters: ID, ..one() };
        let registry = Registry::from_specs(leaked(vec![inner])).unwrap();
        let context =
            context_of(registry, &["b"], Duration::from_secs(1), |_, _, timeout| hung(timeout));
        let arguments = serde_json::json!({ "id": "b" });
        let error = context.invoke::<String>("own.inner", &arguments).await.unwrap_err();
        assert_eq!(*error.code(), Code::DistributedTimeout);
        assert_eq!(error.failures()[0].node.as_str(), "b");
        assert!(!context.time_left().is_zero(), "the outer operation has time to answer");
    }
}
