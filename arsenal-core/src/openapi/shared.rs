//! What operations share: headers of requests and answers, and the answer to a dry run.

use serde_json::{Map, Value, json};

use super::{answer, frame, schemas::Schemas};
use crate::{
    headers::shown::{
        API_VERSION, DEADLINE_MS, DEPRECATION, DRY_RUN, IDEMPOTENCY_KEY, IDEMPOTENCY_REPLAYED,
        LAST_EVENT_ID, MODE, NODE, PARTIAL, REQUEST_ID, RETRY_AFTER, STALE, SUNSET,
    },
    limits::{IDEMPOTENCY_KEY_LENGTH_MAX, MERGED_EVENT_ID_BYTES_MAX},
    versions,
};

/// As a request names a cluster. A node without a simulated one knows only the first.
const MODE_PATTERN: &str = "^(cluster|simulated(; ?node=[a-z0-9]([a-z0-9-]{0,61}[a-z0-9])?)?)$";

/// The kinds of components that are here.
pub(super) const KINDS: [&str; 3] = ["headers", "parameters", "responses"];

/// Headers that operations refer to, and the answer that all of them can give.
pub(super) fn components(schemas: &mut Schemas) -> Map<String, Value> {
    let responses = json!({ frame::DRY_RUN_RESPONSE: answer::dry_run(schemas) });
    Map::from_iter([
        (String::from("headers"), headers()),
        (String::from("parameters"), parameters()),
        (String::from("responses"), responses),
    ])
}

/// Of answers.
fn headers() -> Value {
    let boolean = json!({ "type": "boolean" });
    let request_id =
        json!({ "type": "string", "minLength": 1, "maxLength": 128, "pattern": "^[!-~]+$" });
    json!({
        NODE: header("The node that answered.", json!({ "type": "string" })),
        MODE: header(
            "Whether real or simulated nodes answered.",
            json!({ "type": "string", "enum": ["cluster", "simulated"] }),
        ),
        REQUEST_ID: header("The id of the request, as in the logs.", request_id),
        PARTIAL: header("Whether a node that was asked gave no answer.", boolean.clone()),
        STALE: header(
            "Whether the node is cut off from the majority, so that the answer may be old.",
            boolean,
        ),
        DEPRECATION: header(
            "Clients should stop using the operation: `true`, or since when (RFC 9745).",
            json!({ "type": "string", "pattern": "^(true|@[0-9]+)$" }),
        ),
        SUNSET: header("When the operation goes away (RFC 8594).", json!({ "type": "string" })),
        IDEMPOTENCY_REPLAYED: header(
            "The answer to an earlier request with the same key.",
            json!({ "type": "boolean", "enum": [true] }),
        ),
        RETRY_AFTER: header(
            "After how many seconds to ask again.",
            json!({ "type": "integer", "minimum": 1 }),
        ),
    })
}

/// Of requests.
fn parameters() -> Value {
    json!({
        DEADLINE_MS: control(
            DEADLINE_MS,
            "How many milliseconds the client waits; at most the time limit of the operation.",
            json!({ "type": "integer", "minimum": 1 }),
        ),
        MODE: control(
            MODE,
            "Which cluster the request is for, where there is a simulated one beside the real one: \
             `cluster`, `simulated`, or `simulated; node=NAME` through a node of the client's choice. \
             One that is not there is refused. If absent, the one that the program addresses.",
            json!({ "type": "string", "pattern": MODE_PATTERN }),
        ),
        DRY_RUN: control(
            DRY_RUN,
            "Whether only to check the request and to name the nodes that it would run on.",
            json!({ "type": "boolean" }),
        ),
        IDEMPOTENCY_KEY: control(
            IDEMPOTENCY_KEY,
            "A text of the client's choice. A request that is repeated with it gets the answer of \
             the first one and does not run again, on a node that remembers it.",
            json!({
                "type": "string",
                "minLength": 1,
                "maxLength": IDEMPOTENCY_KEY_LENGTH_MAX,
                "pattern": "^[!-~]+$",
            }),
        ),
        REQUEST_ID: control(
            REQUEST_ID,
            "An id for the request. The node makes one itself unless it is 1 to 128 visible ASCII \
            characters.",
            json!({ "type": "string" }),
        ),
        LAST_EVENT_ID: control(
            LAST_EVENT_ID,
            "The id of the last event that the client has seen: the stream goes on after it.",
            json!({ "type": "string", "maxLength": MERGED_EVENT_ID_BYTES_MAX }),
        ),
        API_VERSION: control(
            API_VERSION,
            "The version of the API that is meant; the newest if absent.",
            json!({ "type": "string", "pattern": versions::PATTERN }),
        ),
    })
}

#[expect(clippy::needless_pass_by_value, reason = "callers build the schema in place")]
fn header(description: &str, schema: Value) -> Value {
    json!({ "description": description, "schema": schema })
}

#[expect(clippy::needless_pass_by_value, reason = "callers build the schema in place")]
fn control(name: &str, description: &str, schema: Value) -> Value {
    json!({
        "name": name,
        "in": "header",
        "required": false,
        "description": description,
        "schema": schema,
    })
}
