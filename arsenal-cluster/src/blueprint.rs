//! Blueprints: functions that describe a child, so that any node can start it from plain JSON.

use std::{any::type_name, borrow::Cow, fmt};

use arsenal_core::{
    __private::{Arguments, Subject, Typed, UnknownNames, decode_for},
    error::{InvalidInput, OperationError},
    spec::{Parameter, Source},
};
use futures_util::future::BoxFuture;
use ractor::{Actor, ActorCell, SpawnErr};

use crate::instrument::{SpawnInstrumented as _, short_type};

/// An actor that is described, but not started.
pub struct Child {
    type_name: Cow<'static, str>,
    start: Box<dyn FnOnce(ActorCell) -> Starting + Send>,
}

type Starting = BoxFuture<'static, Result<ActorCell, SpawnErr>>;

impl Child {
    /// The actor that this handler and these arguments will make.
    pub fn actor<A: Actor>(handler: A, arguments: A::Arguments) -> Self {
        let start = |supervisor| -> Starting {
            Box::pin(async move {
                // No name: ractor's names are global to the process, not to the node.
                let spawned = A::spawn_linked_instrumented(None, handler, arguments, supervisor);
                let (actor, _) = spawned.await?;
                Ok(actor.get_cell())
            })
        };
        Self { type_name: short_type(type_name::<A>()), start: Box::new(start) }
    }

    /// The type of its handler, without the modules, as `Worker<Job>`.
    pub fn type_name(&self) -> &str {
        &self.type_name
    }

    /// Starts it under a supervisor, which hears of its end.
    pub async fn spawn(self, supervisor: ActorCell) -> Result<ActorCell, SpawnErr> {
        (self.start)(supervisor).await
    }
}

impl fmt::Debug for Child {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.debug_struct("Child").field("type", &self.type_name).finish_non_exhaustive()
    }
}

/// A named way to make children. Made by `#[blueprint]`, never by hand.
#[derive(Debug)]
pub struct BlueprintSpec {
    /// The name: the function's, with `-` for `_`, unless one is given.
    pub name: &'static str,
    /// The first line of the doc comment.
    pub summary: &'static str,
    /// The rest of the doc comment.
    pub description: &'static str,
    /// Its parameters, in the order of the arguments: the fields of one JSON object.
    pub parameters: &'static [Parameter],
    /// Checks arguments strictly, without making anything.
    pub check: fn(&[u8]) -> Result<(), InvalidInput>,
    /// Checks them strictly and describes the child.
    pub build: fn(&[u8]) -> Result<Child, OperationError>,
    /// Where it was written.
    pub source: Source,
}

/// What `inventory` collects.
#[doc(hidden)]
#[derive(Debug)]
pub struct BlueprintRegistration(pub &'static BlueprintSpec);

inventory::collect!(BlueprintRegistration);

/// The types of one blueprint. Implemented by the marker type in the expansion.
#[doc(hidden)]
pub trait Blueprint {
    /// Its parameters.
    type Input: Typed;
    /// What the function returns.
    type Output: Built;
    /// What is said about its parameters.
    fn parameters() -> &'static [Parameter];
    /// Calls the function.
    fn call(values: <Self::Input as Typed>::Values) -> Self::Output;
}

/// What a blueprint's function can return.
#[doc(hidden)]
#[diagnostic::on_unimplemented(
    message = "`{Self}` cannot be the result of a blueprint",
    label = "not a child",
    note = "a blueprint returns `Child` or `Result<Child, OperationError>`"
)]
pub trait Built {
    /// The child.
    fn built(self) -> Result<Child, OperationError>;
}

impl Built for Child {
    fn built(self) -> Result<Child, OperationError> {
        Ok(self)
    }
}

impl<E: Into<OperationError>> Built for Result<Child, E> {
    fn built(self) -> Result<Child, OperationError> {
        self.map_err(Into::into)
    }
}

/// What [`BlueprintSpec::check`] points to.
#[doc(hidden)]
pub fn check<B: Blueprint>(object: &[u8]) -> Result<(), InvalidInput> {
    values::<B>(object).map(drop)
}

/// What [`BlueprintSpec::build`] points to.
#[doc(hidden)]
pub fn build<B: Blueprint>(object: &[u8]) -> Result<Child, OperationError> {
    B::call(values::<B>(object)?).built()
}

fn values<B: Blueprint>(object: &[u8]) -> Result<<B::Input as Typed>::Values, InvalidInput> {
    let arguments = Arguments::Json(object);
    decode_for::<B::Input>(Subject::Blueprint, B::parameters(), arguments, UnknownNames::Refused)
}
