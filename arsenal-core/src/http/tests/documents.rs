//! The document and its pages.

use axum::body::Body;

use super::{get, request, send};

#[tokio::test]
async fn the_documents_are_served() {
    for (path, version) in [("/openapi.json", "3.1.0"), ("/openapi-3.0.json", "3.0.3")] {
        let answer = get(path).await;
        assert_eq!(answer.status, 200);
        assert_eq!(answer.header("content-type"), "application/json");
        assert_eq!(answer.json()["openapi"], version);
    }
}

#[tokio::test]
async fn the_pages_load_everything_from_here() {
    let redirect = get("/docs").await;
    assert_eq!((redirect.status.as_u16(), redirect.header("location")), (307, "docs/"));
    for file in ["", "index.html", "swagger-initializer.js", "swagger-ui.css"] {
        let answer = get(&format!("/docs/{file}")).await;
        assert_eq!(answer.status, 200, "{file}");
        let text = String::from_utf8_lossy(&answer.body);
        assert!(!text.contains("src=\"http") && !text.contains("href=\"http"), "{file}");
    }
    let configuration = get("/docs/swagger-initializer.js").await.body;
    assert!(String::from_utf8_lossy(&configuration).contains("../openapi.json"));
}

#[tokio::test]
async fn the_pages_refuse_like_everything_else() {
    assert_eq!(get("/docs/nothing.js").await.problem(), "not_found");
    let posted = send(request("POST", "/openapi.json").body(Body::empty()).unwrap()).await;
    assert_eq!(posted.problem(), "method_not_allowed");
    assert_eq!(posted.header("allow"), "GET, HEAD");
}
