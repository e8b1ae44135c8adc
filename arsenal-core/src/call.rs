//! From undecoded arguments to an encoded answer: what the constants of operations point to.

use std::any::type_name;

use futures_util::future::BoxFuture;
use schemars::{JsonSchema, Schema, SchemaGenerator};
use serde::{Serialize, de::DeserializeOwned};
use serde_json::value::{RawValue, to_raw_value};

use crate::{
    answer::{NodeAnswer, Reply},
    arguments::Arguments,
    context::{NodeContext, Services},
    decode::{Typed, UnknownNames, decode, read_answer},
    error::{ErrorCases, InvalidInput, OperationError},
    name::NodeName,
    spec::{ErrorCase, Parameter, Rehearsing},
};

/// The types of one operation. Implemented by the marker type in the expansion.
pub trait Operation {
    /// Its parameters.
    type Input: Typed;
    /// Its `#[state]` arguments.
    type States: States;
    /// What one node answers; of a stream, the data of one event.
    type Answer: Answer;
    /// Why it gives no answer.
    type Error: ErrorCases;
    /// What is said about its parameters.
    fn parameters() -> &'static [Parameter];
}

/// A type that an operation can answer.
#[diagnostic::on_unimplemented(
    message = "`{Self}` cannot be the answer of an operation",
    label = "not an answer",
    note = "an answer derives `serde::Serialize` and `schemars::JsonSchema`"
)]
pub trait Answer: Serialize + JsonSchema + Send + 'static {}

#[diagnostic::do_not_recommend]
impl<T: Serialize + JsonSchema + Send + 'static> Answer for T {}

/// Checks arguments strictly, without running anything.
pub fn check<O: Operation>(arguments: Arguments<'_>) -> Result<(), InvalidInput> {
    decode::<O::Input>(O::parameters(), arguments, UnknownNames::Refused).map(drop)
}

/// Decodes the arguments before it returns, borrowing them; the future owns what it needs and runs
/// the operation.
pub fn unary<O, F, R>(
    context: NodeContext,
    arguments: Arguments<'_>,
    run: R,
) -> BoxFuture<'static, Result<Reply, OperationError>>
where
    O: Operation,
    F: Future<Output = Result<O::Answer, O::Error>> + Send + 'static,
    R: FnOnce(NodeContext, <O::States as States>::Values, <O::Input as Typed>::Values) -> F,
{
    match prepare::<O>(&context, arguments) {
        Ok((states, values)) => {
            let running = run(context, states, values);
            Box::pin(async move {
                let reply = match running.await {
                    Ok(answer) => Reply::json(&answer),
                    Err(error) => Err(error.into_error()),
                };
                // Whatever code the function gives: it ran.
                reply.map_err(OperationError::after_run)
            })
        }
        Err(error) => refused(error),
    }
}

/// As [`unary`], of the function that says where the operation would run.
pub fn rehearsal<O, F, R>(context: NodeContext, arguments: Arguments<'_>, run: R) -> Rehearsing
where
    O: Operation,
    F: Future<Output = Result<Vec<NodeName>, O::Error>> + Send + 'static,
    R: FnOnce(NodeContext, <O::States as States>::Values, <O::Input as Typed>::Values) -> F,
{
    match prepare::<O>(&context, arguments) {
        Ok((states, values)) => {
            let trying = run(context, states, values);
            Box::pin(async move { trying.await.map_err(ErrorCases::into_error) })
        }
        Err(error) => Box::pin(std::future::ready(Err(error))),
    }
}

/// States and parameters of an operation that is about to run.
pub(crate) type Prepared<O> =
    (<<O as Operation>::States as States>::Values, <<O as Operation>::Input as Typed>::Values);

#[inline]
pub(crate) fn prepare<O: Operation>(
    context: &NodeContext,
    arguments: Arguments<'_>,
) -> Result<Prepared<O>, OperationError> {
    let is_checked = context.invocation.is_from_peer;
    let unknown = if is_checked { UnknownNames::Ignored } else { UnknownNames::Refused };
    let values = decode::<O::Input>(O::parameters(), arguments, unknown)?;
    Ok((O::States::of(&context.node.services)?, values))
}

#[cold]
pub(crate) fn refused(error: OperationError) -> BoxFuture<'static, Result<Reply, OperationError>> {
    Box::pin(std::future::ready(Err(error)))
}

/// The schema of what one node answers.
pub fn output_schema<O: Operation>(generator: &mut SchemaGenerator) -> Schema {
    generator.subschema_for::<O::Answer>()
}

/// The errors of its own that an operation can give.
pub fn error_cases<O: Operation>() -> &'static [ErrorCase] {
    O::Error::CASES
}

/// The `#[state]` arguments of an operation as a type: `(A, (B, ()))`.
pub trait States {
    /// Their values, nested likewise.
    type Values: Send + 'static;
    /// Copies them out of what the node was given. The registry checks at start that they are
    /// there, so a missing one is a fault of ours.
    fn of(services: &Services) -> Result<Self::Values, OperationError>;
}

/// One `#[state]` argument. Implemented by a marker type in the expansion.
pub trait StateOf {
    /// Its type.
    type Value: State;
}

/// A type that a node can be given.
#[diagnostic::on_unimplemented(
    message = "`{Self}` cannot be the state of a node",
    label = "not a state",
    note = "a state is `Clone + Send + Sync + 'static`; wrap it in an `Arc`"
)]
pub trait State: Clone + Send + Sync + 'static {}

#[diagnostic::do_not_recommend]
impl<T: Clone + Send + Sync + 'static> State for T {}

impl States for () {
    type Values = ();
    fn of(_: &Services) -> Result<(), OperationError> {
        Ok(())
    }
}

impl<A: StateOf, R: States> States for (A, R) {
    type Values = (A::Value, R::Values);
    #[inline]
    fn of(services: &Services) -> Result<Self::Values, OperationError> {
        let value = services.get::<A::Value>().cloned().ok_or_else(missing::<A::Value>)?;
        Ok((value, R::of(services)?))
    }
}

#[cold]
fn missing<T>() -> OperationError {
    OperationError::internal().because(format!("the node was given no `{}`", type_name::<T>()))
}

/// The name of a state's type, for the registry.
pub fn state_name<A: StateOf>() -> &'static str {
    type_name::<A::Value>()
}

/// Whether a node was given the state.
pub fn has_state<A: StateOf>(services: &Services) -> bool {
    services.get::<A::Value>().is_some()
}

/// Decodes the answers of many nodes, runs the user's gathering function, encodes its result.
pub fn gathered<T: DeserializeOwned, G: Gathering<T>>(
    answers: Vec<NodeAnswer<Box<RawValue>>>,
    gathering: G,
) -> Result<Box<RawValue>, OperationError> {
    let typed = answers.into_iter().map(|NodeAnswer { node, answer }| {
        match read_answer(answer.get().as_bytes()) {
            Ok(answer) => Ok(NodeAnswer { node, answer }),
            Err(error) => Err(OperationError::internal()
                .because(format!("the answer of node `{node}` cannot be read: {error}"))),
        }
    });
    let result = gathering.gather(typed.collect::<Result<_, _>>()?);
    to_raw_value(&result).map_err(|error| OperationError::internal().because(error))
}

/// The schema of what a gathering function gives.
pub fn gathered_schema<T, G: Gathering<T>>(generator: &mut SchemaGenerator, _: G) -> Schema {
    generator.subschema_for::<G::Output>()
}

/// A function that makes one thing of what the nodes answered.
#[diagnostic::on_unimplemented(
    message = "`{Self}` cannot gather what the nodes answer",
    label = "is no `fn(Vec<NodeAnswer<{T}>>) -> …`",
    note = "what it gives derives `serde::Serialize` and `schemars::JsonSchema`"
)]
pub trait Gathering<T> {
    /// What it makes.
    type Output: Serialize + JsonSchema;
    /// Makes it.
    fn gather(self, answers: Vec<NodeAnswer<T>>) -> Self::Output;
}

#[diagnostic::do_not_recommend]
impl<T, U: Serialize + JsonSchema, F: FnOnce(Vec<NodeAnswer<T>>) -> U> Gathering<T> for F {
    type Output = U;
    fn gather(self, answers: Vec<NodeAnswer<T>>) -> U {
        self(answers)
    }
}
