//! The log line of a failure: one on each node, inside of the span of the invocation.

use std::error::Error as _;

use tracing::field::display;

use crate::{
    error::{Code, ErrorChain, OperationError},
    request_id::RequestId,
};

/// Operation and request, where no span says them.
type Unnamed<'a> = Option<(&'static str, &'a RequestId)>;

/// Of an operation that ran here.
pub(super) fn failed(unnamed: Unnamed<'_>, error: &OperationError) {
    if *error.code() == Code::Internal {
        fault(unnamed, &reason(error));
    } else {
        refusal(unnamed, error);
    }
}

/// Of an operation that did not run, or whose failure another node has logged with its reason.
pub(super) fn not_served(unnamed: Unnamed<'_>, error: &OperationError) {
    if *error.code() == Code::Internal && error.source().is_some() {
        fault(unnamed, &reason(error));
    } else {
        refusal(unnamed, error);
    }
}

/// A fault of ours, with its private reason.
fn fault(unnamed: Unnamed<'_>, reason: &str) {
    let (operation, request_id) = fields(unnamed);
    let code = Code::Internal.as_str();
    tracing::error!(
        operation,
        request_id = request_id.map(display),
        code,
        reason,
        "an operation failed"
    );
}

/// Refusals of the cluster are warnings, clients' own mistakes are there for who looks closely.
fn refusal(unnamed: Unnamed<'_>, error: &OperationError) {
    let (operation, request_id) = fields(unnamed);
    let request_id = request_id.map(display);
    let code = error.code().as_str();
    if error.status() >= 500 {
        let (detail, reason) = (error.detail(), error.source().map(|_| reason(error)));
        tracing::warn!(operation, request_id, code, detail, reason, "an operation was not served");
    } else {
        tracing::debug!(operation, request_id, code, "a request was refused");
    }
}

fn fields(unnamed: Unnamed<'_>) -> (Option<&'static str>, Option<&RequestId>) {
    (unnamed.map(|(operation, _)| operation), unnamed.map(|(_, request_id)| request_id))
}

/// The private source of an error and what caused it in turn.
fn reason(error: &OperationError) -> String {
    error
        .source()
        .map_or_else(|| error.detail().to_owned(), |source| ErrorChain(source).to_string())
}
