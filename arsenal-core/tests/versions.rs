//! Versions of the API over HTTP: what exists in which, and what is said where it does not.

#![expect(clippy::unwrap_used, reason = "a test may panic")]

use std::sync::Arc;

use arsenal_core::{
    context::{NodeParts, Services},
    http::{documents_router, router},
    membership::{Alone, Mode},
    openapi::document,
    prelude::*,
    principal::{Principal, Role},
    registry::Registry,
    spec::Version,
};
use axum::{Router, body::Body};
use http::{Request, StatusCode};
use http_body_util::BodyExt as _;
use serde_json::{Value, json};
use tower::ServiceExt as _;

/// Always there.
#[operation(get, "/always", name = "thing.always")]
async fn always() -> Result<u8, OperationError> {
    Ok(0)
}

/// The first form of a list.
#[operation(get, "/things", name = "thing.list_first", until = "1.4", replaced_by = "thing.list")]
async fn list_first() -> Result<u8, OperationError> {
    Ok(1)
}

/// The second form of a list.
#[operation(get, "/things", name = "thing.list", since = "1.4")]
async fn list() -> Result<u8, OperationError> {
    Ok(2)
}

/// Came and went.
#[operation(get, "/episode", name = "thing.episode", since = "1.2", until = "1.9")]
async fn episode() -> Result<u8, OperationError> {
    Ok(3)
}

/// The newest.
#[operation(get, "/new", name = "thing.new", since = "2.0")]
async fn new() -> Result<u8, OperationError> {
    Ok(4)
}

fn linked() -> Registry {
    Registry::from_linked().unwrap()
}

fn app(registry: Registry) -> Router {
    let name: NodeName = "alone".parse().unwrap();
    let cluster = Arc::new(Alone::new(name.clone()));
    let registry = Arc::new(registry);
    let node = NodeParts::new(name, cluster, registry, Services::default(), Mode::Cluster);
    let node = Arc::new(node);
    router(Arc::clone(&node)).merge(documents_router(node))
}

async fn ask(registry: Registry, uri: &str, version: Option<&str>) -> (StatusCode, Value) {
    send(&app(registry), uri, version).await
}

async fn send(app: &Router, uri: &str, version: Option<&str>) -> (StatusCode, Value) {
    let mut request = Request::builder().uri(uri).extension(Principal::new("tester", Role::Admin));
    if let Some(version) = version {
        request = request.header("arsenal-api-version", version);
    }
    let response = app.clone().oneshot(request.body(Body::empty()).unwrap()).await.unwrap();
    let (parts, body) = response.into_parts();
    let bytes = body.collect().await.unwrap().to_bytes();
    (parts.status, serde_json::from_slice(&bytes).unwrap())
}

async fn get(uri: &str, version: Option<&str>) -> (u16, Value) {
    let (status, body) = ask(linked(), uri, version).await;
    (status.as_u16(), body)
}

#[tokio::test]
async fn a_request_gets_the_operation_of_the_version_that_it_means() {
    for (uri, version, answer) in [
        ("/always", None, 0),
        ("/always", Some("0.1"), 0),
        ("/things", None, 2),
        ("/things", Some("2.0"), 2),
        ("/things", Some("1.4"), 2),
        ("/things", Some("1.3"), 1),
        ("/things", Some("0.0"), 1),
        ("/episode", Some("1.2"), 3),
        ("/episode", Some("1.8"), 3),
        ("/new", None, 4),
    ] {
        assert_eq!(get(uri, version).await, (200, json!(answer)), "{uri} {version:?}");
    }
}

#[tokio::test]
async fn what_a_version_has_not_yet_is_not_found_and_what_it_has_no_more_is_gone() {
    for version in [None, Some("2.0"), Some("1.9")] {
        let (status, problem) = get("/episode", version).await;
        assert_eq!((status, &problem["code"]), (410, &json!("gone")));
        let detail = problem["detail"].as_str().unwrap();
        assert!(detail.starts_with("`thing.episode` ended with version 1.9"), "{detail}");
        assert_eq!(problem["suggestion"], "ask for a version before 1.9");
    }
    let (status, problem) = get("/episode", Some("1.1")).await;
    assert_eq!((status, &problem["code"]), (404, &json!("not_found")));
    let detail = problem["detail"].as_str().unwrap();
    assert_eq!(detail, "version 1.1 of the API has no `thing.episode`: it is there since 1.2");
}

#[tokio::test]
async fn a_version_is_a_version_and_not_of_the_future() {
    for (version, message) in [
        ("2.1", "is newer than the API, which is at version 2.0"),
        ("two", "is not a version, as `1.4`"),
        ("1", "is not a version, as `1.4`"),
    ] {
        for uri in ["/things", "/always"] {
            let (status, problem) = get(uri, Some(version)).await;
            assert_eq!((status, &problem["code"]), (422, &json!("invalid_input")));
            let violation = &problem["violations"][0];
            assert_eq!(violation["name"], "arsenal-api-version");
            assert_eq!(violation["message"], message);
        }
        let (status, problem) = get(&format!("/openapi.json?version={version}"), None).await;
        assert_eq!((status, &problem["violations"][0]["message"]), (422, &json!(message)));
        assert_eq!(problem["violations"][0]["in"], "query");
    }
}

#[tokio::test]
async fn a_node_can_be_at_a_version_of_its_own() {
    let at = |major, minor| linked().with_api_version(Version { major, minor });
    let (status, answer) = ask(at(1, 3), "/things", None).await;
    assert_eq!((status.as_u16(), answer), (200, json!(1)));
    assert_eq!(ask(at(1, 3), "/new", None).await.0, 404);
    assert_eq!(ask(at(1, 3), "/things", Some("1.4")).await.0, 422);
    assert_eq!(ask(at(3, 0), "/new", Some("2.7")).await.0, 200);
}

#[tokio::test]
async fn the_replacement_of_what_is_gone_is_named() {
    let old: Vec<_> =
        linked().operations().iter().copied().filter(|spec| spec.name != "thing.list").collect();
    // Without the operation that it names, the catalogue is refused.
    let refused = Registry::from_specs(old).unwrap_err();
    assert!(refused.to_string().contains("`thing.list`, which is not there"), "{refused}");
    let spec = linked().get("thing.list_first").unwrap();
    let place = arsenal_core::error::ViolationPlace::Header;
    let error = linked().admit_version(spec, None, place, "arsenal-api-version").unwrap_err();
    let problem = error.to_problem("");
    assert_eq!(problem.suggestion.as_deref(), Some("use `thing.list`: `GET /things`"));
}

#[tokio::test]
async fn versions_between_two_boundaries_share_a_document_that_names_each() {
    let app = app(linked());
    for (version, things) in
        [("1.2", "thing.list_first"), ("1.3", "thing.list_first"), ("1.4", "thing.list")]
    {
        let document = send(&app, &format!("/openapi-3.0.json?version={version}"), None).await.1;
        assert_eq!(document["info"]["version"], version);
        assert_eq!(document["openapi"], "3.0.3");
        assert_eq!(document["paths"]["/things"]["get"]["operationId"], things);
    }
}

#[test]
fn the_plain_document_shows_what_is_served() {
    let plain = document(&linked());
    assert!(plain["paths"].get("/episode").is_none(), "it has ended");
    assert_eq!(plain["paths"]["/things"]["get"]["operationId"], "thing.list");
    let older = document(&linked().with_api_version(Version { major: 1, minor: 3 }));
    assert_eq!(older["paths"]["/things"]["get"]["operationId"], "thing.list_first");
}

#[tokio::test]
async fn each_version_has_its_document() {
    let paths = async |uri: &str| {
        let (status, document) = get(uri, None).await;
        assert_eq!(status, 200, "{document}");
        let paths = document["paths"].as_object().unwrap().keys().cloned().collect::<Vec<_>>();
        (document, paths.join(" "))
    };
    let (newest, listed) = paths("/openapi.json").await;
    assert_eq!(listed, "/always /new /things");
    assert_eq!(newest["info"]["version"], "2.0");
    let things = &newest["paths"]["/things"]["get"];
    assert_eq!(things["operationId"], "thing.list");
    assert_eq!(
        (&things["x-arsenal-since"], &things["x-arsenal-until"]),
        (&json!("1.4"), &Value::Null)
    );
    let header = json!({ "$ref": "#/components/parameters/Arsenal-Api-Version" });
    assert!(things["parameters"].as_array().unwrap().contains(&header));
    assert!(newest["components"]["parameters"]["Arsenal-Api-Version"].is_object());

    let (middle, listed) = paths("/openapi.json?version=1.3").await;
    assert_eq!(listed, "/always /episode /things");
    assert_eq!(middle["info"]["version"], "1.3");
    let things = &middle["paths"]["/things"]["get"];
    assert_eq!(things["operationId"], "thing.list_first");
    assert_eq!(things["x-arsenal-until"], "1.4");
    assert_eq!(things["x-arsenal-replaced-by"], "thing.list");

    // The versions up to the next boundary have the same operations; each document names its own.
    for version in ["1.9", "1.10"] {
        let (named, listed) = paths(&format!("/openapi.json?version={version}")).await;
        assert_eq!(listed, "/always /things");
        assert_eq!(named["info"]["version"], version);
    }
    assert_eq!(paths("/openapi.json?version=0.1").await.1, "/always /things");
    assert_eq!(paths("/openapi.json?version=1.9").await.1, "/always /things");
}
