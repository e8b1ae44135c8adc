//! What an operation answers when it fails.

use std::collections::BTreeMap;

use serde_json::{Map, Value, json};

use super::frame;
use crate::{
    error::PROBLEM_MEDIA_TYPE,
    headers::shown::RETRY_AFTER,
    spec::{ErrorCase, Location, Method, OperationSpec, Target},
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
    (
        "404",
        "`not_found`: the version of the API that is meant does not have the operation yet.",
        |spec| spec.versions.since.is_some(),
    ),
    ("406", "`not_acceptable`: the client does not accept the media type of the answer.", |_| true),
    ("408", "`request_timeout`: the body did not come in time.", OperationSpec::has_body),
    (
        "409",
        "`conflict`: what the arguments name is in another state, or is not one thing; or the \
         `Idempotency-Key` was used for another request.",
        acts_on_something,
    ),
    ("410", "`gone`: what the arguments name was there once.", acts_on_something),
    ("410", "`gone`: the version of the API that is meant has the operation no more.", |spec| {
        spec.versions.until.is_some()
    }),
    ("413", "`too_large`: the body is too large.", OperationSpec::has_body),
    (
        "415",
        "`unsupported_media_type`: the body is of another media type.",
        OperationSpec::has_body,
    ),
    ("422", "`invalid_input`: values are missing, unknown, or break a rule.", |_| true),
    ("429", "`rate_limited`: it was asked for too often; it did not run.", has_rate),
    ("500", "`internal`: a fault of the node; its log has the reason.", |_| true),
    ("503", "The nodes that are needed cannot answer; `code` says why.", |_| true),
    ("504", "`distributed_timeout`: the deadline passed; it may have run.", |_| true),
    ("default", "Another problem, as a code of the operation's own.", |_| true),
];

/// Statuses whose problems can say when to ask again, beside those of the operation's own codes.
const ASKS_TO_WAIT: [&str; 3] = ["429", "503", "default"];

/// The responses of an operation that are problems, by status: those of the framework and its own.
pub(super) fn responses(spec: &OperationSpec) -> Map<String, Value> {
    let own = own_cases(spec);
    let framework = PROBLEMS.iter().filter(|(_, _, applies)| applies(spec));
    let mut meanings: BTreeMap<String, Vec<&str>> =
        own.keys().map(|status| (status.clone(), Vec::new())).collect();
    for (status, meaning, _) in framework {
        meanings.entry((*status).to_owned()).or_default().push(meaning);
    }
    let response = |(status, meanings): (String, Vec<&str>)| {
        let cases = own.get(&status).map_or(&[][..], Vec::as_slice);
        let response = response(spec, &status, &meanings, cases);
        (status, response)
    };
    meanings.into_iter().map(response).collect()
}

/// The errors of the operation's own type, by status.
fn own_cases(spec: &OperationSpec) -> BTreeMap<String, Vec<ErrorCase>> {
    let mut by_status: BTreeMap<_, Vec<_>> = BTreeMap::new();
    for case in (spec.error_cases)() {
        by_status.entry(case.status.to_string()).or_default().push(*case);
    }
    by_status
}

fn response(spec: &OperationSpec, status: &str, meanings: &[&str], own: &[ErrorCase]) -> Value {
    let names = frame::ANSWER_HEADERS.into_iter().chain(frame::outcome_headers_of(spec));
    let mut headers = frame::header_refs(names);
    if status == "401" {
        let challenge =
            json!({ "description": "How to authenticate.", "schema": { "type": "string" } });
        headers.insert(String::from("WWW-Authenticate"), challenge);
    }
    if ASKS_TO_WAIT.contains(&status) || !own.is_empty() {
        headers.extend(frame::header_refs([RETRY_AFTER]));
    }
    let mut response = json!({
        "description": described(meanings, own),
        "headers": headers,
        "content": {
            PROBLEM_MEDIA_TYPE: { "schema": { "$ref": "#/components/schemas/Problem" } },
        },
    });
    if let (Value::Object(members), false) = (&mut response, own.is_empty()) {
        let codes: Vec<&str> = own.iter().map(|case| case.code).collect();
        members.insert(String::from("x-arsenal-codes"), json!(codes));
    }
    response
}

/// A paragraph for each thing that the framework means by a status, and one for each code of the
/// operation's own.
fn described(meanings: &[&str], own: &[ErrorCase]) -> String {
    let own = own.iter().map(|ErrorCase { code, description, .. }| {
        let words: Vec<&str> = description.split_whitespace().collect();
        if words.is_empty() {
            format!("`{code}`")
        } else {
            format!("`{code}`: {}", words.join(" "))
        }
    });
    let framework = meanings.iter().copied().map(str::to_owned);
    framework.chain(own).collect::<Vec<_>>().join("\n\n")
}

fn has_rate(spec: &OperationSpec) -> bool {
    spec.limits.rate.is_some()
}

/// Every change does, and every read that names what it reads.
fn acts_on_something(spec: &OperationSpec) -> bool {
    let is_addressed = matches!(
        spec.target,
        Target::Node { .. } | Target::Owner { .. } | Target::AllNodes { only: Some(_) }
    );
    spec.method != Method::Get
        || is_addressed
        || spec.parameters.iter().any(|parameter| parameter.location == Location::Path)
}
