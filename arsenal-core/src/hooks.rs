//! What a program runs before and after its operations, beside them: checks of its own, an audit.
//!
//! ```
//! use arsenal_core::{
//!     error::{Code, OperationError},
//!     hooks::{Hooks, Outcome, Scope},
//! };
//!
//! let hooks = Hooks::new()
//!     .before(Scope::tag("sandbox"), |spec, context| async move {
//!         if context.principal().name() == "guest" {
//!             let detail = format!("guests may not call `{}`", spec.name);
//!             return Err(OperationError::new(Code::Forbidden, detail));
//!         }
//!         Ok(())
//!     })
//!     .after(Scope::all(), |spec, context, outcome, elapsed| {
//!         let node = context.node();
//!         match outcome {
//!             Outcome::Answered => println!("{} on {node} took {elapsed:?}", spec.name),
//!             Outcome::Failed(error) => println!("{} on {node} failed: {error}", spec.name),
//!             Outcome::Cancelled => println!("{} on {node} was given up", spec.name),
//!         }
//!     });
//! # let _ = hooks;
//! ```
//!
//! Hooks run on the node where the operation runs, in the order in which they were given: a fan-out
//! over three nodes passes those of each of the three. They run inside of the invocation: its span,
//! its deadline, its guard against panics. What is refused before it could run (credentials,
//! arguments, limits) does not reach them, and what a hook before refuses does not reach those
//! after.
//!
//! A request that comes again with its `Idempotency-Key` passes the hooks before, which may refuse it;
//! it is no run, so those after do not see it.
//!
//! Of a stream they see the start: `after` comes when the function has given the stream, not when the
//! stream ends.
//!
//! A node takes them when it is built: `NodeBuilder::hooks`, or
//! [`NodeParts::with_hooks`](crate::context::NodeParts::with_hooks).

#[cfg(test)]
#[path = "hooks_tests.rs"]
mod tests;

use std::{fmt, sync::Arc, time::Duration};

use futures_util::future::BoxFuture;

use crate::{
    context::NodeContext, error::OperationError, nearest::meant, registry::Registry,
    spec::OperationSpec,
};

/// Which operations a hook is for.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Scope(Operations);

#[derive(Clone, Debug, PartialEq, Eq)]
enum Operations {
    All,
    Tag(String),
    One(String),
}

impl Scope {
    /// Every operation.
    pub const fn all() -> Self {
        Self(Operations::All)
    }

    /// The operations of a tag.
    pub fn tag(tag: impl Into<String>) -> Self {
        Self(Operations::Tag(tag.into()))
    }

    /// The operation with this name.
    pub fn operation(name: impl Into<String>) -> Self {
        Self(Operations::One(name.into()))
    }

    fn has(&self, spec: &OperationSpec) -> bool {
        match &self.0 {
            Operations::All => true,
            Operations::Tag(tag) => spec.tag == tag,
            Operations::One(name) => spec.name == name,
        }
    }

    /// Why no operation is in it.
    fn problem(&self, registry: &Registry) -> Option<String> {
        if registry.operations().iter().any(|spec| self.has(spec)) {
            return None;
        }
        let (what, name, near) = match &self.0 {
            Operations::All => return None,
            Operations::Tag(tag) => ("tag", tag, meant(tag, registry.by_tag().into_keys())),
            Operations::One(name) => {
                let names = registry.operations().iter().map(|spec| spec.name);
                ("operation", name, meant(name, names))
            }
        };
        let near = near.map(|near| format!(" (did you mean `{near}`?)"));
        Some(format!("there is no {what} `{name}`{}", near.unwrap_or_default()))
    }
}

/// What became of an invocation, for hooks that run after it.
#[derive(Clone, Copy, Debug)]
pub enum Outcome<'a> {
    /// It answered.
    Answered,
    /// It gave an error; so do a panic and a deadline that passed.
    Failed(&'a OperationError),
    /// Whoever asked left before the end, and it was dropped.
    Cancelled,
}

type Before = dyn Fn(&'static OperationSpec, NodeContext) -> BoxFuture<'static, Result<(), OperationError>>
    + Send
    + Sync;

type After = dyn Fn(&'static OperationSpec, &NodeContext, Outcome<'_>, Duration) + Send + Sync;

/// The hooks of a program, in order.
#[derive(Clone, Default)]
pub struct Hooks {
    before: Vec<(Scope, Arc<Before>)>,
    after: Vec<(Scope, Arc<After>)>,
}

impl Hooks {
    /// None.
    pub fn new() -> Self {
        Self::default()
    }

    /// Runs before each operation in the scope, when its arguments are known to be good. An error
    /// refuses the invocation: it is the answer, and nothing further runs.
    #[must_use]
    pub fn before<F>(
        mut self,
        scope: Scope,
        hook: impl Fn(&'static OperationSpec, NodeContext) -> F + Send + Sync + 'static,
    ) -> Self
    where
        F: Future<Output = Result<(), OperationError>> + Send + 'static,
    {
        let boxed: Arc<Before> = Arc::new(move |spec, context| Box::pin(hook(spec, context)));
        self.before.push((scope, boxed));
        self
    }

    /// Runs after each operation in the scope that has run, however it ended, with the time that
    /// it took; of a stream, once it has started or could not. What was refused before, for example
    /// by a hook, did not run. It cannot change the outcome; to do what takes long, it starts a task.
    #[must_use]
    pub fn after(
        mut self,
        scope: Scope,
        hook: impl Fn(&'static OperationSpec, &NodeContext, Outcome<'_>, Duration)
        + Send
        + Sync
        + 'static,
    ) -> Self {
        self.after.push((scope, Arc::new(hook)));
        self
    }

    /// Checks that every scope has an operation.
    pub(crate) fn check(&self, registry: &Registry) -> Result<(), HookError> {
        let before = self.before.iter().map(|(scope, _)| scope);
        let scopes = before.chain(self.after.iter().map(|(scope, _)| scope));
        let problems: Vec<String> = scopes.filter_map(|scope| scope.problem(registry)).collect();
        if problems.is_empty() { Ok(()) } else { Err(HookError { problems }) }
    }

    /// Those of one operation.
    pub(crate) fn of(&self, spec: &OperationSpec) -> OperationHooks {
        fn chosen<T: ?Sized>(hooks: &[(Scope, Arc<T>)], spec: &OperationSpec) -> Arc<[Arc<T>]> {
            let chosen = hooks.iter().filter(|(scope, _)| scope.has(spec));
            chosen.map(|(_, hook)| Arc::clone(hook)).collect()
        }
        OperationHooks { before: chosen(&self.before, spec), after: chosen(&self.after, spec) }
    }
}

impl fmt::Debug for Hooks {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        let before: Vec<_> = self.before.iter().map(|(scope, _)| scope).collect();
        let after: Vec<_> = self.after.iter().map(|(scope, _)| scope).collect();
        formatter.debug_struct("Hooks").field("before", &before).field("after", &after).finish()
    }
}

/// Hooks that are for no operation of the node. A node with such hooks does not start: what they
/// were to check would go unchecked.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct HookError {
    problems: Vec<String>,
}

impl fmt::Display for HookError {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(formatter, "hooks that are for no operation: {}", self.problems.join("; "))
    }
}

impl std::error::Error for HookError {}

/// The hooks of one operation on one node, chosen when the node is built.
#[derive(Default)]
pub(crate) struct OperationHooks {
    before: Arc<[Arc<Before>]>,
    after: Arc<[Arc<After>]>,
}

impl OperationHooks {
    pub(crate) fn has_before(&self) -> bool {
        !self.before.is_empty()
    }

    pub(crate) fn has_after(&self) -> bool {
        !self.after.is_empty()
    }

    /// Those before, one after the other, up to the first that refuses.
    pub(crate) fn run_before(
        &self,
        spec: &'static OperationSpec,
        context: NodeContext,
    ) -> impl Future<Output = Result<(), OperationError>> + Send + use<> {
        let hooks = Arc::clone(&self.before);
        async move {
            for hook in &*hooks {
                hook(spec, context.clone()).await?;
            }
            Ok(())
        }
    }

    /// Each of those after.
    pub(crate) fn after(&self) -> impl Iterator<Item = &After> {
        self.after.iter().map(|hook| &**hook)
    }
}

impl fmt::Debug for OperationHooks {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter
            .debug_struct("OperationHooks")
            .field("before", &self.before.len())
            .field("after", &self.after.len())
            .finish()
    }
}
