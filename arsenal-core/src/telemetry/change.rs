//! The log line of a request that may change something: who asked for what, and how it ended. One, on
//! the node where it came in.

use std::sync::Arc;

use tracing::Level;

use super::tally::Ending;
use crate::{
    arguments::Arguments,
    context::NodeContext,
    spec::{Access, OperationSpec},
};

/// What these lines are called in a filter of the log.
const TARGET: &str = "arsenal::change";

/// The longest path that is logged.
const PATH_CHARS_MAX: usize = 200;

/// A request that is under way.
pub(super) struct Change {
    by: Arc<str>,
    /// Still percent-encoded, so that it cannot break the line.
    path: String,
}

impl Change {
    /// None of what only looks or only tries, and none where nobody reads it.
    pub(super) fn of(
        spec: &OperationSpec,
        context: &NodeContext,
        arguments: &Arguments<'_>,
    ) -> Option<Box<Self>> {
        let invocation = &context.invocation;
        let changes = spec.access != Access::Read && !invocation.is_dry_run;
        if !changes || !tracing::enabled!(target: TARGET, Level::INFO) {
            return None;
        }
        let path = match arguments {
            Arguments::Http { path, .. } => path,
            Arguments::Json(_) => spec.path,
        };
        let path = path.chars().take(PATH_CHARS_MAX).collect();
        Some(Box::new(Self { by: invocation.principal.name().into(), path }))
    }

    pub(super) fn tell(&self, spec: &OperationSpec, ending: &Ending<'_>) {
        tracing::info!(
            target: TARGET,
            operation = spec.name,
            path = self.path,
            by = &*self.by,
            outcome = ending.label(),
            "asked for a change"
        );
    }
}
