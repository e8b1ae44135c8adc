//! An operation that calls another one: an invocation like any other, on behalf of the same caller.

use serde::{Serialize, de::DeserializeOwned};
use tokio::time::Instant;

use crate::{
    arguments::Arguments, context::NodeContext, dispatch::dispatch, error::OperationError,
};

impl NodeContext {
    /// Invokes an operation by its permanent name, with all its parameters as fields of one object.
    ///
    /// The caller, the request id and the deadline are those of this invocation; the deadline is
    /// cut to the other operation's timeout.
    ///
    /// # Errors
    ///
    /// The error of the operation, whichever node it ran on; `internal` where no operation of that
    /// name exists or it answers another type.
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
        let arguments =
            serde_json::to_vec(arguments).map_err(|error| internal(error.to_string()))?;
        let mut context = self.clone();
        context.invocation.is_from_peer = false;
        context.invocation.deadline =
            context.invocation.deadline.min(Instant::now() + spec.timeout);
        let answered = dispatch(spec, context, Arguments::Json(&arguments)).await?;
        serde_json::from_slice(&answered.reply.into_json())
            .map_err(|error| internal(format!("`{operation}` answered something else: {error}")))
    }
}
