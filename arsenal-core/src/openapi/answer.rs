//! What an operation answers when it succeeds.

use schemars::JsonSchema as _;
use serde_json::{Value, json};

use super::{body::JSON, frame, schemas::Schemas};
use crate::{
    answer::{FanOut, Gather},
    spec::{OperationSpec, Target},
};

/// The status that promises an empty body.
const NO_CONTENT: u16 = 204;

/// The response object.
pub(super) fn response(spec: &'static OperationSpec, schemas: &mut Schemas) -> Value {
    let deprecation = spec.is_deprecated.then_some(frame::DEPRECATION);
    let names = frame::ANSWER_HEADERS.into_iter().chain(frame::OUTCOME_HEADERS).chain(deprecation);
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
