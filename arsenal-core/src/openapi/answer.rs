//! What an operation answers when it succeeds.

use schemars::{JsonSchema as _, SchemaGenerator};
use serde_json::{Map, Value, json};

use super::{body::JSON, frame, schemas::Schemas};
use crate::{
    answer::{DRY_RUN_MEDIA_TYPE, DryRun, FanOut, Gather},
    spec::{OperationSpec, Target},
};

/// The status that promises an empty body.
const NO_CONTENT: u16 = 204;

/// The response object.
pub(super) fn response(spec: &'static OperationSpec, schemas: &mut Schemas) -> Value {
    let own = [
        spec.is_deprecated.then_some(frame::DEPRECATION),
        spec.sunset.map(|_| frame::SUNSET),
        spec.is_idempotent.then_some(frame::IDEMPOTENCY_REPLAYED),
    ];
    let names = frame::ANSWER_HEADERS.into_iter().chain(frame::OUTCOME_HEADERS);
    let names = names.chain(own.into_iter().flatten());
    let mut response = json!({
        "description": description(spec),
        "headers": frame::header_refs(names),
    });
    if let (Value::Object(members), true) = (&mut response, spec.status != NO_CONTENT) {
        let content = json!({ JSON: { "schema": schema(spec, schemas) } });
        members.insert(String::from("content"), content);
    }
    response
}

/// The answer to a request that is only tried: beside the usual one where both have the same status.
pub(super) fn add_dry_run(responses: &mut Map<String, Value>, schemas: &mut Schemas) {
    let schema = schemas.of(SchemaGenerator::subschema_for::<DryRun>);
    let names = frame::ANSWER_HEADERS.into_iter().chain(frame::OUTCOME_HEADERS);
    let response = responses.entry("200").or_insert_with(|| {
        json!({
            "description": "With `Arsenal-Dry-Run: true`: where it would run.",
            "headers": frame::header_refs(names),
            "content": {},
        })
    });
    if let Some(Value::Object(content)) = response.get_mut("content") {
        content.insert(DRY_RUN_MEDIA_TYPE.to_owned(), json!({ "schema": schema }));
    }
}

/// The schema of the whole answer: bare from one node, [`FanOut`] from many.
pub(super) fn schema(spec: &'static OperationSpec, schemas: &mut Schemas) -> Value {
    match (spec.target, spec.gather) {
        (Target::AllNodes { .. }, Gather::PerNode) => {
            let one = schemas.of(spec.output);
            fan_out(json!({ "type": "object", "additionalProperties": one }), schemas)
        }
        (Target::AllNodes { .. }, Gather::Pages) => {
            let page = schemas.of(spec.output);
            fan_out(page, schemas)
        }
        (Target::AllNodes { .. }, Gather::With(gather)) => {
            let gathered = schemas.of(gather.output);
            fan_out(gathered, schemas)
        }
        (Target::Here | Target::Node { .. } | Target::Any, _) => schemas.of(spec.output),
    }
}

/// The frame around gathered answers, with the schema of `data` put in.
fn fan_out(data: Value, schemas: &mut Schemas) -> Value {
    let mut frame = schemas.of(FanOut::<bool>::json_schema);
    if let (Some(place), Value::Object(mut data)) = (frame.pointer_mut("/properties/data"), data) {
        if let (None, Some(text)) = (data.get("description"), place.get("description")) {
            data.insert(String::from("description"), text.clone());
        }
        *place = Value::Object(data);
    }
    frame
}

fn description(spec: &OperationSpec) -> &'static str {
    match spec.target {
        Target::AllNodes { .. } => "What the nodes answered; `failures` names those that did not.",
        _ if spec.status == NO_CONTENT => "It was done.",
        Target::Here | Target::Node { .. } | Target::Any => "What the node answered.",
    }
}
