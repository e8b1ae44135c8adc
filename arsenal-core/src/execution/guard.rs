//! Where the code of users runs: a panic there is an error of the one call.

use std::{
    any::Any,
    panic::{AssertUnwindSafe, catch_unwind},
};

use crate::{
    error::{Code, OperationError},
    spec::OperationSpec,
};

/// Runs code of the user's: its panic is the `internal` of this call alone.
pub(crate) fn guarded<T>(
    spec: &OperationSpec,
    run: impl FnOnce() -> Result<T, OperationError>,
) -> Result<T, OperationError> {
    catch_unwind(AssertUnwindSafe(run)).unwrap_or_else(|panic| Err(panicked(spec, &*panic)))
}

#[cold]
fn panicked(spec: &OperationSpec, panic: &(dyn Any + Send)) -> OperationError {
    let text = panic
        .downcast_ref::<&str>()
        .copied()
        .or_else(|| panic.downcast_ref::<String>().map(String::as_str))
        .unwrap_or("a value that is no text");
    OperationError::new(Code::Internal, format!("`{}` panicked", spec.name))
        .because(format!("panicked: {text}"))
}
