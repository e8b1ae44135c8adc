//! What is served.

use axum::{Router, body::Body};

use super::{app, get, json, request, send, send_to};

#[tokio::test]
async fn an_operation_gets_template_path_query_and_body() {
    let answer =
        send(json(request("POST", "/api/v1/items/a%20b/parts?x=1"), r#"{"item":1}"#)).await;
    assert_eq!(answer.status, 201);
    assert_eq!(answer.header("content-type"), "application/json");
    assert_eq!(answer.header("arsenal-node"), "alone");
    assert_eq!(answer.header("arsenal-mode"), "cluster");
    assert_eq!(answer.header("arsenal-partial"), "false");
    assert_eq!(answer.header("arsenal-stale"), "false");
    let echo = answer.json();
    assert_eq!(echo["template"], "/api/v1/items/{id}/parts");
    assert_eq!(echo["path"], "/api/v1/items/a%20b/parts");
    assert_eq!(echo["query"], "x=1");
    assert_eq!(echo["body"], r#"{"item":1}"#);
    assert_eq!(echo["request_id"], answer.header("arsenal-request-id"));
}

#[tokio::test]
async fn an_alias_leads_to_the_operation_with_its_own_template() {
    let answer = send(json(request("POST", "/api/v1/things/7/parts"), "{}")).await;
    assert_eq!(answer.status, 201);
    assert_eq!(answer.json()["template"], "/api/v1/things/{id}/parts");
}

#[tokio::test]
async fn an_operation_works_under_a_prefix() {
    let under = Router::new().nest("/under", app());
    let answer =
        send_to(under, request("GET", "/under/api/v1/items/7").body(Body::empty()).unwrap()).await;
    assert_eq!(answer.status, 200);
    assert_eq!(answer.json()["template"], "/api/v1/items/{id}");
}

#[tokio::test]
async fn head_answers_the_headers_of_get() {
    let head = send(request("HEAD", "/api/v1/items/7").body(Body::empty()).unwrap()).await;
    assert_eq!((head.status.as_u16(), head.body.len()), (200, 0));
    assert_eq!(head.header("content-type"), "application/json");
    assert_eq!(head.header("arsenal-node"), "alone");
}

#[tokio::test]
async fn no_content_has_no_body_and_no_type() {
    let answer = send(request("DELETE", "/api/v1/items/7").body(Body::empty()).unwrap()).await;
    assert_eq!((answer.status.as_u16(), answer.body.len()), (204, 0));
    assert_eq!(answer.header("content-type"), "");
    assert_eq!(answer.header("arsenal-partial"), "false");
}

#[tokio::test]
async fn a_deprecated_operation_says_so() {
    let answer = get("/api/v1/items/7").await;
    assert_eq!(answer.header("deprecation"), "@1803859200");
    assert_eq!(answer.header("sunset"), "Mon, 01 Mar 2027 00:00:00 GMT");
    let answer = get("/api/v1/cluster/status").await;
    assert_eq!((answer.header("deprecation"), answer.header("sunset")), ("", ""));
}

#[tokio::test]
async fn a_good_request_id_is_kept_and_a_bad_one_replaced() {
    let with = |id: &'static str| {
        let builder = request("GET", "/api/v1/items/7").header("arsenal-request-id", id);
        send(builder.body(Body::empty()).unwrap())
    };
    assert_eq!(with("mine-1").await.header("arsenal-request-id"), "mine-1");
    let replaced = with("two words").await;
    assert_eq!(replaced.status, 200);
    assert!(!["", "two words"].contains(&replaced.header("arsenal-request-id")));
}

#[tokio::test(start_paused = true)]
async fn the_deadline_is_the_clients_up_to_the_operations() {
    let left = async |milliseconds: &'static str| {
        let builder = request("GET", "/api/v1/items/7");
        let builder = builder.header("arsenal-deadline-ms", milliseconds);
        send(builder.body(Body::empty()).unwrap()).await.json()["left"].as_u64().unwrap()
    };
    assert_eq!(left("700").await, 700);
    assert_eq!(left("999999999").await, 5000);
}

#[tokio::test]
async fn an_empty_body_needs_no_content_type() {
    let answer = send(request("POST", "/api/v1/items/7/parts").body(Body::empty()).unwrap()).await;
    assert_eq!(answer.status, 201);
    assert_eq!(answer.json()["body"], "");
}

#[tokio::test]
async fn content_types_are_compared_without_parameters_and_case() {
    let builder = request("POST", "/api/v1/items/7/parts");
    let builder = builder.header("content-type", "Application/JSON ; charset=utf-8");
    assert_eq!(send(builder.body(Body::from("{}")).unwrap()).await.status, 201);
}

#[tokio::test]
async fn an_operation_without_a_body_takes_an_empty_object() {
    let delete = |body: &'static str| send(json(request("DELETE", "/api/v1/items/7"), body));
    assert_eq!(delete(" { } ").await.status, 204);
    let refused = delete(r#"{"force":true}"#).await;
    assert_eq!(refused.problem(), "invalid_input");
    assert_eq!(refused.json()["violations"][0]["in"], "body");
}
