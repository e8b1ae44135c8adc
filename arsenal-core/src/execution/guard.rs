//! Where the code of users runs: a panic there is an error of the one call.

use std::{
    any::Any,
    panic::{AssertUnwindSafe, catch_unwind},
};

use crate::{
    context::NodeParts,
    error::{Code, OperationError},
    spec::OperationSpec,
    telemetry,
};

/// Runs code of the user's: its panic is the `internal` of this call alone.
pub(crate) fn guarded<T>(
    node: &NodeParts,
    spec: &'static OperationSpec,
    run: impl FnOnce() -> Result<T, OperationError>,
) -> Result<T, OperationError> {
    let guard = telemetry::PanicGuard::new();
    catch_unwind(AssertUnwindSafe(run)).unwrap_or_else(|panic| {
        if let Some(state) = node.operations.get(spec) {
            state.metrics.count_panic();
        }
        Err(panicked(spec, &*panic, guard.into_location()))
    })
}

#[cold]
fn panicked(
    spec: &OperationSpec,
    panic: &(dyn Any + Send),
    location: Option<String>,
) -> OperationError {
    let text = panic
        .downcast_ref::<&str>()
        .copied()
        .or_else(|| panic.downcast_ref::<String>().map(String::as_str))
        .unwrap_or("a value that is no text");
    OperationError::new(Code::Internal, format!("`{}` panicked", spec.name)).because(match location
    {
        Some(location) => format!("panicked at {location}: {text}"),
        None => format!("panicked: {text}"),
    })
}
