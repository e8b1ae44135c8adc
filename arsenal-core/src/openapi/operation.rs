//! One operation of the document.

use serde_json::{Map, Value, json};

use super::{answer, body, document::BothWays, frame, parameter, problems};
use crate::{
    duration::milliseconds,
    headers::shown,
    spec::{Access, Answers, Limits, OperationSpec, Rate, Target, Versions},
};

/// The operation object. What the node needs to know, but OpenAPI has no word for, stands in `x-`.
pub(super) fn operation(spec: &'static OperationSpec, schemas: &mut BothWays) -> Value {
    let mut operation = Map::new();
    let mut set = |key: &str, value: Value| drop(operation.insert(key.to_owned(), value));
    set("operationId", spec.name.into());
    set("tags", json!([spec.tag]));
    set("summary", spec.summary.into());
    if !spec.description.is_empty() {
        set("description", spec.description.into());
    }
    if spec.is_deprecated {
        set("deprecated", true.into());
    }
    set("security", security(spec.access));
    set("parameters", parameters(spec, schemas));
    if spec.has_body() {
        set("requestBody", body::request_body(spec, &mut schemas.read));
    }
    set("responses", responses(spec, schemas));
    if !spec.aliases.is_empty() {
        set("x-aliases", json!(spec.aliases));
    }
    if let Some(date) = spec.sunset {
        set("x-arsenal-sunset", date.day.into());
    }
    set("x-arsenal-limits", limits(&spec.limits));
    set("x-arsenal-idempotent", spec.is_idempotent.into());
    set("x-arsenal-access", access(spec.access).into());
    set("x-arsenal-target", target(spec.target).into());
    if spec.is_stream() {
        set("x-arsenal-stream", true.into());
    }
    let milliseconds = milliseconds(spec.timeout);
    set("x-arsenal-timeout-ms", milliseconds.into());
    let Versions { since, until, replaced_by } = spec.versions;
    for (key, version) in [("x-arsenal-since", since), ("x-arsenal-until", until)] {
        if let Some(version) = version {
            set(key, version.to_string().into());
        }
    }
    if let Some(name) = replaced_by {
        set("x-arsenal-replaced-by", name.into());
    }
    Value::Object(operation)
}

/// Reads need no token on the machine of the node.
fn security(access: Access) -> Value {
    let bearer = json!({ frame::BEARER: [] });
    match access {
        Access::Read => json!([{}, bearer]),
        Access::Operate | Access::Admin => json!([bearer]),
    }
}

fn parameters(spec: &'static OperationSpec, schemas: &mut BothWays) -> Value {
    let own = spec.parameters.iter().filter(|parameter| !parameter.location.is_in_body());
    let mut all: Vec<Value> =
        own.map(|found| parameter::parameter(found, &mut schemas.read)).collect();
    let key = spec.is_idempotent.then_some(shown::IDEMPOTENCY_KEY);
    let resumes = spec.answers == Answers::Stream { is_resumable: true };
    let after = resumes.then_some(shown::LAST_EVENT_ID);
    let version = (spec.versions != Versions::default()).then_some(shown::API_VERSION);
    let own = [key, after, version].into_iter().flatten();
    all.extend(frame::CONTROL_HEADERS.into_iter().chain(own).map(frame::control_ref));
    Value::Array(all)
}

fn responses(spec: &'static OperationSpec, schemas: &mut BothWays) -> Value {
    let mut responses = problems::responses(spec);
    let success = answer::response(spec, &mut schemas.written);
    responses.insert(spec.status.to_string(), success);
    Value::Object(responses)
}

/// What one node lets it take; what is not counted is absent.
fn limits(limits: &Limits) -> Value {
    let mut all = Map::new();
    all.insert(String::from("body_bytes"), limits.body_bytes_max.into());
    if let Some(count) = limits.concurrency {
        all.insert(String::from("concurrency"), count.into());
    }
    if let Some(Rate { count, per }) = limits.rate {
        let milliseconds = milliseconds(per);
        all.insert(String::from("rate"), json!({ "count": count, "per_ms": milliseconds }));
    }
    Value::Object(all)
}

fn access(access: Access) -> &'static str {
    match access {
        Access::Read => "read",
        Access::Operate => "operate",
        Access::Admin => "admin",
    }
}

/// As the attribute spells it.
fn target(target: Target) -> String {
    match target {
        Target::Here => String::from("here"),
        Target::AllNodes { only: None } => String::from("all_nodes"),
        Target::AllNodes { only: Some(parameter) } => format!("all_nodes({parameter})"),
        Target::Node { parameter } => format!("node({parameter})"),
        Target::Owner { parameter } => format!("owner({parameter})"),
        Target::Any => String::from("any"),
    }
}
