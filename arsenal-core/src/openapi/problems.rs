//! What an operation answers when it fails.

use serde_json::{Map, Value, json};

use super::frame;
use crate::{
    error::PROBLEM_MEDIA_TYPE,
    spec::{Location, Method, OperationSpec, Target},
};

/// Whether an operation can have a problem.
type Applies = fn(&OperationSpec) -> bool;

/// Status, codes and meaning of the framework's problems, and which operations can have them.
const PROBLEMS: &[(&str, &str, Applies)] = &[
    ("400", "`malformed`: the request cannot be parsed.", |spec| !spec.parameters.is_empty()),
    ("401", "`unauthenticated`: no or unknown credentials.", |_| true),
    ("403", "`forbidden`: the role is too low, or the thing is protected.", |_| true),
    (
        "404",
        "`not_found`: what the arguments or the target name does not exist.",
        acts_on_something,
    ),
    ("406", "`not_acceptable`: the client does not accept JSON.", |_| true),
    ("408", "`request_timeout`: the body did not come in time.", OperationSpec::has_body),
    (
        "409",
        "`conflict`: what the arguments name is in another state, or is not one thing.",
        acts_on_something,
    ),
    ("410", "`gone`: what the arguments name was there once.", acts_on_something),
    ("413", "`too_large`: the body is too large.", OperationSpec::has_body),
    ("415", "`unsupported_media_type`: the body is not JSON.", OperationSpec::has_body),
    ("422", "`invalid_input`: values are missing, unknown, or break a rule.", |_| true),
    ("500", "`internal`: a fault of the node; its log has the reason.", |_| true),
    ("503", "The nodes that are needed cannot answer; `code` says why.", |_| true),
    ("504", "`distributed_timeout`: the deadline passed; it may have run.", |_| true),
    ("default", "Another problem, as a code of the operation's own.", |_| true),
];

/// The responses of an operation that are problems, by status.
pub(super) fn responses(spec: &OperationSpec) -> Map<String, Value> {
    PROBLEMS
        .iter()
        .filter(|(_, _, applies)| applies(spec))
        .map(|(status, meaning, _)| ((*status).to_owned(), response(status, meaning)))
        .collect()
}

fn response(status: &str, meaning: &str) -> Value {
    let mut headers = frame::header_refs(frame::ANSWER_HEADERS);
    if status == "401" {
        let challenge =
            json!({ "description": "How to authenticate.", "schema": { "type": "string" } });
        headers.insert(String::from("WWW-Authenticate"), challenge);
    }
    json!({
        "description": meaning,
        "headers": headers,
        "content": {
            PROBLEM_MEDIA_TYPE: { "schema": { "$ref": "#/components/schemas/Problem" } },
        },
    })
}

/// Every change does, and every read that names what it reads.
fn acts_on_something(spec: &OperationSpec) -> bool {
    let is_addressed =
        matches!(spec.target, Target::Node { .. } | Target::AllNodes { only: Some(_) });
    spec.method != Method::Get
        || is_addressed
        || spec.parameters.iter().any(|parameter| parameter.location == Location::Path)
}
