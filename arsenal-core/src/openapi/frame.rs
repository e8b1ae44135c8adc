//! What stands around the operations: info, servers, tags, credentials, shared headers.

use serde_json::{Map, Value, json};
use utoipa::openapi::{
    ComponentsBuilder, InfoBuilder, OpenApiBuilder, ServerBuilder,
    security::{HttpAuthScheme, HttpBuilder, SecurityScheme},
    tag::TagBuilder,
};

use super::schemas::keywords;
use crate::registry::Registry;

/// The name of the security scheme.
pub(super) const BEARER: &str = "bearer";

/// Response headers that every answer has.
pub(super) const ANSWER_HEADERS: [&str; 3] = ["Arsenal-Node", "Arsenal-Mode", "Arsenal-Request-Id"];

/// Response headers that only the answer of an operation has.
pub(super) const OUTCOME_HEADERS: [&str; 2] = ["Arsenal-Partial", "Arsenal-Stale"];

/// The response header of a deprecated operation.
pub(super) const DEPRECATION: &str = "Deprecation";

/// Request headers that every operation takes.
pub(super) const CONTROL_HEADERS: [&str; 2] = ["Arsenal-Deadline-Ms", "Arsenal-Request-Id"];

const ABOUT: &str = "Every operation of this cluster. Errors are problem documents (RFC 9457). \
    Reads from the machine of a node need no token; everything else needs \
    `Authorization: Bearer …` with the token of the cluster: the file `token` in \
    the data directory, or the one of `--token-file`.";

/// The document without paths and schemas.
pub(super) fn frame(registry: &Registry) -> Map<String, Value> {
    let info = InfoBuilder::new()
        .title("Arsenal")
        .version(env!("CARGO_PKG_VERSION"))
        .description(Some(ABOUT))
        .build();
    let tags = registry.by_tag().into_keys().map(|tag| TagBuilder::new().name(tag).build());
    let bearer = HttpBuilder::new()
        .scheme(HttpAuthScheme::Bearer)
        .description(Some("The token of the cluster: the file `token` in the data directory, or that of `--token-file`."))
        .build();
    let frame = OpenApiBuilder::new()
        .info(info)
        .servers(Some([ServerBuilder::new().url("/").build()]))
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
        "Arsenal-Node": header("The node that answered.", json!({ "type": "string" })),
        "Arsenal-Mode": header(
            "Whether real or simulated nodes answered.",
            json!({ "type": "string", "enum": ["cluster", "simulated"] }),
        ),
        "Arsenal-Request-Id": header("The id of the request, as in the logs.", request_id),
        "Arsenal-Partial": header("Whether a node that was asked gave no answer.", boolean.clone()),
        "Arsenal-Stale": header(
            "Whether the node is cut off from the majority, so that the answer may be old.",
            boolean.clone(),
        ),
        DEPRECATION: header("Clients should stop using the operation.", boolean),
    });
    let parameters = json!({
        "Arsenal-Deadline-Ms": control(
            "Arsenal-Deadline-Ms",
            "How many milliseconds the client waits; at most the time limit of the operation.",
            json!({ "type": "integer", "minimum": 1 }),
        ),
        "Arsenal-Request-Id": control(
            "Arsenal-Request-Id",
            "An id for the request. The node makes one itself unless it is 1 to 128 visible ASCII \
            characters.",
            json!({ "type": "string" }),
        ),
    });
    Map::from_iter([(String::from("headers"), headers), (String::from("parameters"), parameters)])
}

/// References to shared headers, by name.
pub(super) fn header_refs(names: impl IntoIterator<Item = &'static str>) -> Map<String, Value> {
    let reference = |name| json!({ "$ref": format!("#/components/headers/{name}") });
    names.into_iter().map(|name| (name.to_owned(), reference(name))).collect()
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
