//! What an operation answers when it succeeds.

use schemars::{JsonSchema as _, Schema, SchemaGenerator};
use serde_json::{Value, json};

use super::{frame, schemas::Schemas};
use crate::{
    answer::{
        DRY_RUN_MEDIA_TYPE, DryRun, EVENTS_MEDIA_TYPE, FanOut, Gather, JSON_MEDIA_TYPE, NodeEvent,
    },
    spec::{OperationSpec, Target},
};

/// The status that promises an empty body.
const NO_CONTENT: u16 = 204;

const EVENTS_OF_ONE: &str = "Server-sent events, as they happen. The `data` of each is one JSON \
    value of this schema. Silence is broken by comments. The last event is `end`, or `problem` with \
    a problem document as `data`: a client closes then, and reconnects only where neither came.";

const EVENTS_OF_ALL: &str = "Server-sent events of all nodes, as they happen; a node that joins \
    later is not among them. The `data` of each is one JSON value of this schema. An event \
    `failure` names a node that gives no more, while the others go on. Silence is broken by \
    comments. The last event is `end`, or `problem` with a problem document as `data`: a client \
    closes then, and reconnects only where neither came.";

type SchemaFn = fn(&mut SchemaGenerator) -> Schema;

/// The response object.
pub(super) fn response(spec: &'static OperationSpec, schemas: &mut Schemas) -> Value {
    let names = frame::ANSWER_HEADERS.into_iter().chain(frame::OUTCOME_HEADERS);
    let names = names.chain(frame::outcome_headers_of(spec));
    let mut response = json!({
        "description": description(spec),
        "headers": frame::header_refs(names),
    });
    if let (Value::Object(members), true) = (&mut response, spec.status != NO_CONTENT) {
        let media_type = if spec.is_stream() { EVENTS_MEDIA_TYPE } else { JSON_MEDIA_TYPE };
        let content = json!({ media_type: { "schema": schema(spec, schemas) } });
        members.insert(String::from("content"), content);
    }
    response
}

/// The answer of any operation to a request that is only tried. Documented once: a second type of
/// success at each operation would reach whoever calls it through generated types.
pub(super) fn dry_run(schemas: &mut Schemas) -> Value {
    let names = frame::ANSWER_HEADERS.into_iter().chain(frame::OUTCOME_HEADERS);
    let schema = schemas.of(SchemaGenerator::subschema_for::<DryRun>);
    json!({
        "description": "With `Arsenal-Dry-Run: true`: where it would run.",
        "headers": frame::header_refs(names),
        "content": { DRY_RUN_MEDIA_TYPE: { "schema": schema } },
    })
}

/// The schema of the whole answer: bare from one node, [`FanOut`] from many. Of a stream, that of
/// the data of one event: bare from one node, [`NodeEvent`] from many.
pub(super) fn schema(spec: &'static OperationSpec, schemas: &mut Schemas) -> Value {
    match (spec.target, spec.gather) {
        (Target::AllNodes { .. }, _) if spec.is_stream() => {
            let data = schemas.of(spec.output);
            framed(NodeEvent::<bool>::json_schema, data, schemas)
        }
        (Target::AllNodes { .. }, Gather::PerNode) => {
            let one = schemas.of(spec.output);
            framed(FAN_OUT, json!({ "type": "object", "additionalProperties": one }), schemas)
        }
        (Target::AllNodes { .. }, Gather::Pages) => {
            let page = schemas.of(spec.output);
            framed(FAN_OUT, page, schemas)
        }
        (Target::AllNodes { .. }, Gather::With(gather)) => {
            let gathered = schemas.of(gather.output);
            framed(FAN_OUT, gathered, schemas)
        }
        (Target::Here | Target::Node { .. } | Target::Owner { .. } | Target::Any, _) => {
            schemas.of(spec.output)
        }
    }
}

const FAN_OUT: SchemaFn = FanOut::<bool>::json_schema;

/// A frame, with the schema of its `data` put in.
fn framed(frame: SchemaFn, data: Value, schemas: &mut Schemas) -> Value {
    let mut frame = schemas.of(frame);
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
        Target::AllNodes { .. } if spec.is_stream() => EVENTS_OF_ALL,
        _ if spec.is_stream() => EVENTS_OF_ONE,
        Target::AllNodes { .. } => "What the nodes answered; `failures` names those that did not.",
        _ if spec.status == NO_CONTENT => "It was done.",
        Target::Here | Target::Node { .. } | Target::Owner { .. } | Target::Any => {
            "What the node answered."
        }
    }
}
