//! What stands around the operations: info, servers, tags, credentials; and which headers they have.

use serde_json::{Map, Value, json};
use utoipa::openapi::{
    ComponentsBuilder, InfoBuilder, OpenApiBuilder, ServerBuilder,
    security::{HttpAuthScheme, HttpBuilder, SecurityScheme},
    tag::TagBuilder,
};

use super::schemas::keywords;
use crate::{
    headers::shown::{
        DEADLINE_MS, DEPRECATION, DRY_RUN, IDEMPOTENCY_REPLAYED, MODE, NODE, PARTIAL, REQUEST_ID,
        STALE, SUNSET,
    },
    registry::Registry,
    spec::OperationSpec,
};

/// The name of the security scheme.
pub(super) const BEARER: &str = "bearer";

/// Response headers that every answer has.
pub(super) const ANSWER_HEADERS: [&str; 3] = [NODE, MODE, REQUEST_ID];

/// Response headers that only the answer of an operation has.
pub(super) const OUTCOME_HEADERS: [&str; 2] = [PARTIAL, STALE];

/// Request headers that every operation takes, and answers as ever. [`DRY_RUN`] is documented once.
pub(super) const CONTROL_HEADERS: [&str; 3] = [DEADLINE_MS, MODE, REQUEST_ID];

const ABOUT: &str = "Every operation of this cluster. Errors are problem documents (RFC 9457). \
    Reads from the machine of a node need no token; everything else needs \
    `Authorization: Bearer …` with the token of the cluster: the file `token` in \
    the data directory, or the one of `--token-file`.\n\n\
    With `Arsenal-Dry-Run: true` any operation only checks the request, runs nothing, and answers 200 \
    with a `DryRun` that names the nodes on which it would run.\n\n\
    Where there is a simulated cluster beside the real one, `Arsenal-Mode: simulated`, or \
    `simulated; node=NAME`, addresses it for one request, and `Arsenal-Mode: cluster` the real one.";

/// What leads from the document to the header of a dry run and its answer.
const DRY_RUNS: &str = "x-arsenal-dry-run";

/// The name of the answer to a request that is only tried.
pub(super) const DRY_RUN_RESPONSE: &str = "DryRun";

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
    let mut frame = keywords(frame);
    frame.insert(
        String::from(DRY_RUNS),
        json!({ "parameter": control_ref(DRY_RUN), "response": response_ref(DRY_RUN_RESPONSE) }),
    );
    frame
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

fn response_ref(name: &str) -> Value {
    json!({ "$ref": format!("#/components/responses/{name}") })
}
