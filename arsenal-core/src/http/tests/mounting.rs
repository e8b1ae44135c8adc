//! The routes inside of a program that has its own.

use std::{sync::Arc, time::Duration};

use axum::{
    Router,
    body::Body,
    error_handling::HandleErrorLayer,
    extract::State,
    middleware::{map_request, map_response},
    response::Response,
    routing::get,
};
use http::{HeaderValue, Request, StatusCode};
use tower::{ServiceBuilder, limit::ConcurrencyLimitLayer, timeout::TimeoutLayer};

use super::{Answer, app, app_of, request, routes, send_to};
use crate::{
    context::NodeParts,
    principal::{Principal, Role},
    registry::Registry,
    samples::{self, leaked, operation},
    spec::{Method, OperationSpec},
};

/// A program with routes, a state and a fallback.
fn program() -> Router<&'static str> {
    Router::new()
        .route("/own", get(async |State(state): State<&'static str>| state))
        .fallback(async || (StatusCode::IM_A_TEAPOT, "own fallback"))
}

async fn ask(program: &Router, method: &str, path: &str) -> Answer {
    send_to(program.clone(), request(method, path).body(Body::empty()).unwrap()).await
}

fn text(answer: &Answer) -> &str {
    str::from_utf8(&answer.body).unwrap()
}

async fn assert_program_is_its_own(program: &Router) {
    assert_eq!(text(&ask(program, "GET", "/own").await), "own state");
    for path in ["/", "/unknown", "/inner", "/inner/arsenals", "/openapi"] {
        let answer = ask(program, "GET", path).await;
        assert_eq!((answer.status.as_u16(), text(&answer)), (418, "own fallback"), "{path}");
    }
}

#[tokio::test]
async fn under_a_prefix_everything_works_and_the_program_stays_its_own() {
    let nested = program().with_state("own state").nest("/inner/arsenal", app());
    let served = program().nest_service("/inner/arsenal", app()).with_state("own state");
    for program in [nested, served] {
        assert_program_is_its_own(&program).await;
        let item = ask(&program, "GET", "/inner/arsenal/api/v1/items/7%2F8?a=b").await.json();
        assert_eq!((&item["path"], &item["query"]), (&"/api/v1/items/7%2F8".into(), &"a=b".into()));
        let refused = ask(&program, "PUT", "/inner/arsenal/api/v1/items/7").await;
        assert_eq!(refused.problem(), "method_not_allowed");
        let unknown = ask(&program, "GET", "/inner/arsenal/api/v1/itemz").await;
        assert_eq!(unknown.problem(), "not_found");
        assert!(text(&unknown).contains("did you mean"), "{}", text(&unknown));
        assert!(text(&ask(&program, "GET", "/inner/arsenal/metrics").await).contains("arsenal_"));
    }
}

#[tokio::test]
async fn a_prefix_may_have_captures() {
    let program = Router::new().nest("/tenants/{tenant}", app());
    let item = ask(&program, "GET", "/tenants/one/api/v1/items/7").await.json();
    assert_eq!(item["path"], "/api/v1/items/7");
    assert_eq!(item["template"], "/api/v1/items/{id}");
}

/// Where a client gets to that follows a reference from a page, as RFC 3986 resolves it.
fn followed(from: &str, reference: &str) -> String {
    let (folder, _) = from.rsplit_once('/').unwrap();
    let mut segments: Vec<&str> = folder.split('/').collect();
    for segment in reference.split('/') {
        match segment {
            "." => {}
            ".." => drop(segments.pop()),
            name => segments.push(name),
        }
    }
    segments.join("/")
}

#[tokio::test]
async fn under_a_prefix_the_document_and_its_pages_lead_to_each_other() {
    let program = Router::new().nest("/inner/arsenal", app());
    let redirect = ask(&program, "GET", "/inner/arsenal/docs").await;
    let pages = followed("/inner/arsenal/docs", redirect.header("location"));
    assert_eq!(pages, "/inner/arsenal/docs/");
    let start = ask(&program, "GET", &format!("{pages}swagger-initializer.js")).await;
    assert!(text(&start).contains("\"../openapi.json\""), "{}", text(&start));
    let document = followed(&pages, "../openapi.json");
    let answer = ask(&program, "GET", &document).await.json();
    let server = followed(&document, answer["servers"][0]["url"].as_str().unwrap());
    assert_eq!(server, "/inner/arsenal");
    let operation = format!("{server}/api/v1/items/7");
    assert_eq!(ask(&program, "GET", &operation).await.status, 200);
}

#[tokio::test]
async fn merged_without_a_prefix_what_is_not_found_stays_with_the_program() {
    let program = program().with_state("own state").merge(routes(samples::node()));
    assert_program_is_its_own(&program).await;
    assert_eq!(ask(&program, "GET", "/api/v1/items/7").await.status, 200);
    let refused = ask(&program, "PUT", "/api/v1/items/7").await;
    assert_eq!(refused.problem(), "method_not_allowed");
}

#[tokio::test]
async fn a_layer_of_the_program_says_who_calls() {
    async fn caller(mut request: Request<Body>) -> Request<Body> {
        request.extensions_mut().insert(Principal::new("layer", Role::Read));
        request
    }
    let bare = || Request::get("/api/v1/items/7").body(Body::empty()).unwrap();
    assert_eq!(send_to(app(), bare()).await.problem(), "unauthenticated");
    assert_eq!(send_to(app().layer(map_request(caller)), bare()).await.status, 200);
}

#[tokio::test(start_paused = true)]
async fn layers_stand_around_the_whole_router() {
    async fn branded(mut response: Response) -> Response {
        response.headers_mut().insert("x-program", HeaderValue::from_static("own"));
        response
    }
    let timed_out = HandleErrorLayer::new(async |_| StatusCode::GATEWAY_TIMEOUT);
    let bounded = ServiceBuilder::new()
        .layer(timed_out)
        .layer(TimeoutLayer::new(Duration::from_millis(100)))
        .layer(ConcurrencyLimitLayer::new(8));
    let program = app_of(&slow()).layer(bounded).layer(map_response(branded));
    for (path, status) in [("/slow", 504), ("/unknown", 404), ("/metrics", 200)] {
        let answer = ask(&program, "GET", path).await;
        assert_eq!((answer.status.as_u16(), answer.header("x-program")), (status, "own"), "{path}");
    }
    let metrics = ask(&program, "GET", "/metrics").await;
    let cancelled =
        r#"arsenal_operation_invocations_total{operation="own.slow",code="cancelled"} 1"#;
    assert!(text(&metrics).contains(cancelled), "{}", text(&metrics));
    assert!(text(&metrics).contains(r#"arsenal_operation_in_flight{operation="own.slow"} 0"#));
}

/// A node whose only operation never answers.
fn slow() -> Arc<NodeParts> {
    let spec = OperationSpec {
        call: |_, _| Box::pin(std::future::pending()),
        ..operation("own.slow", Method::Get, "/slow")
    };
    samples::node_of(Registry::from_specs(leaked(vec![spec])).unwrap())
}
