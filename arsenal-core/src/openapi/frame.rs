//! What stands around the operations: info, servers, tags, credentials, shared headers.

use serde_json::{Map, Value, json};
use utoipa::openapi::{
    ComponentsBuilder, InfoBuilder, OpenApiBuilder, ServerBuilder,
    security::{HttpAuthScheme, HttpBuilder, SecurityScheme},
    tag::TagBuilder,
};

use super::schemas::keywords;
use crate::{
    headers::shown::{
        API_VERSION, DEADLINE_MS, DEPRECATION, DRY_RUN, IDEMPOTENCY_KEY, IDEMPOTENCY_REPLAYED,
        LAST_EVENT_ID, MODE, NODE, PARTIAL, REQUEST_ID, RETRY_AFTER, STALE, SUNSET,
    },
    limits::{IDEMPOTENCY_KEY_LENGTH_MAX, MERGED_EVENT_ID_BYTES_MAX},
    registry::Registry,
    spec::OperationSpec,
    versions,
};

/// The name of the security scheme.
pub(super) const BEARER: &str = "bearer";

/// Response headers that every answer has.
pub(super) const ANSWER_HEADERS: [&str; 3] = [NODE, MODE, REQUEST_ID];

/// Response headers that only the answer of an operation has.
pub(super) const OUTCOME_HEADERS: [&str; 2] = [PARTIAL, STALE];

/// Request headers that every operation takes.
pub(super) const CONTROL_HEADERS: [&str; 3] = [DEADLINE_MS, DRY_RUN, REQUEST_ID];

const ABOUT: &str = "Every operation of this cluster. Errors are problem documents (RFC 9457). \
    Reads from the machine of a node need no token; everything else needs \
    `Authorization: Bearer …` with the token of the cluster: the file `token` in \
    the data directory, or the one of `--token-file`.";

/// The server: where the document itself is, whatever prefix a program has mounted it under.
const HERE: &str = ".";

/// The document without paths and schemas.
pub(super) fn frame(registry: &Registry) -> Map<String, Value> {
    let version = registry
        .api_version()
        .map_or_else(|| env!("CARGO_PKG_VERSION").to_owned(), |version| version.to_string());
    let info =
        InfoBuilder::new().title("Arsenal").version(version).description(Some(ABOUT)).build();
    let tags = registry.by_tag().into_keys().map(|tag| TagBuilder::new().name(tag).build());
    let bearer = HttpBuilder::new()
        .scheme(HttpAuthScheme::Bearer)
        .description(Some("The token of the cluster: the file `token` in the data directory, or that of `--token-file`."))
        .build();
    let frame = OpenApiBuilder::new()
        .info(info)
        .servers(Some([ServerBuilder::new().url(HERE).build()]))
        .tags(Some(tags))
        .components(Some(
            ComponentsBuilder::new().security_scheme(BEARER, SecurityScheme::Http(bearer)).build(),
        ))
        .build();
    let frame = serde_json::to_value(frame).expect("utoipa's model is plain data");
    keywords(frame)
}

/// Headers that operations refer to.
pub(super) fn shared_components() -> Map<String, Value> {
    let boolean = json!({ "type": "boolean" });
    let request_id =
        json!({ "type": "string", "minLength": 1, "maxLength": 128, "pattern": "^[!-~]+$" });
    let headers = json!({
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
    });
    let parameters = json!({
        DEADLINE_MS: control(
            DEADLINE_MS,
            "How many milliseconds the client waits; at most the time limit of the operation.",
            json!({ "type": "integer", "minimum": 1 }),
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
    });
    Map::from_iter([(String::from("headers"), headers), (String::from("parameters"), parameters)])
}

/// Response headers that say that an operation comes to its end, where it does.
pub(super) fn end_headers_of(spec: &OperationSpec) -> impl Iterator<Item = &'static str> {
    let deprecation = spec.is_deprecated.then_some(DEPRECATION);
    let sunset = spec.sunset.map(|_| SUNSET);
    [deprecation, sunset].into_iter().flatten()
}

/// Response headers that some operations have, whether they succeed or fail.
pub(super) fn outcome_headers_of(spec: &OperationSpec) -> impl Iterator<Item = &'static str> {
    end_headers_of(spec).chain(spec.is_idempotent.then_some(IDEMPOTENCY_REPLAYED))
}

/// References to shared headers, by name.
pub(super) fn header_refs(names: impl IntoIterator<Item = &'static str>) -> Map<String, Value> {
    let reference = |name| json!({ "$ref": format!("#/components/headers/{name}") });
    names.into_iter().map(|name| (name.to_owned(), reference(name))).collect()
}

/// A reference to a shared request header.
pub(super) fn control_ref(name: &str) -> Value {
    json!({ "$ref": format!("#/components/parameters/{name}") })
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
