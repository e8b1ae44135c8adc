//! Pages beside the operations: `/` for people, `/healthz` and `/readyz` for machines.

use std::{fmt::Write as _, sync::Arc};

use arsenal_core::{
    answer::JSON_MEDIA_TYPE,
    error::{Code, OperationError},
    name::NodeName,
    registry::Registry,
    spec::Method,
};
use axum::{
    Router,
    response::{Html, IntoResponse as _, Response},
    routing::{MethodRouter, get},
};
use http::{HeaderMap, HeaderValue, header};

use crate::middleware::problem;

/// Whether the node can do its work; asked anew at each request. `Err` says why it cannot.
pub(crate) type Readiness = Arc<dyn Fn() -> Result<(), OperationError> + Send + Sync>;

/// What the first page says above all else, if there is something; asked anew at each request.
pub(crate) type Notice = Arc<dyn Fn() -> Option<String> + Send + Sync>;

/// The routes of the pages.
pub(crate) fn routes(
    node: &NodeName,
    registry: &Registry,
    readiness: Readiness,
    notice: Notice,
) -> Router {
    let (head, links) = home(node, registry);
    let home = async move || {
        let notice = notice().map(|text| format!("<p>{}</p>\n", escaped(&text)));
        Html(format!("{head}{}{links}", notice.unwrap_or_default()))
    };
    Router::new()
        .route("/", page(get(home)))
        .route("/healthz", page(get(async || status("ok"))))
        .route("/readyz", page(get(async move |headers: HeaderMap| ready(&readiness, &headers))))
}

/// A page that is only read.
fn page(reads: MethodRouter) -> MethodRouter {
    reads.fallback(async |headers: HeaderMap| {
        let error = OperationError::new(Code::MethodNotAllowed, "a page can only be read");
        let mut response = problem(&error, &headers);
        response.headers_mut().insert(header::ALLOW, HeaderValue::from_static("GET, HEAD"));
        response
    })
}

fn ready(readiness: &Readiness, headers: &HeaderMap) -> Response {
    match readiness() {
        Ok(()) => status("ready"),
        Err(error) => problem(&error, headers),
    }
}

fn status(text: &str) -> Response {
    let body = format!(r#"{{"status":"{text}"}}"#);
    ([(header::CONTENT_TYPE, JSON_MEDIA_TYPE)], body).into_response()
}

const HEAD: &str = "<!doctype html>\n<html lang=\"en\">\n<head>\n<meta charset=\"utf-8\">\n\
    <meta name=\"viewport\" content=\"width=device-width, initial-scale=1\">\n";

const STYLE: &str = "<style>\n:root { color-scheme: light dark; }\n\
    body { font: 1rem/1.5 system-ui, sans-serif; max-width: 48rem; margin: 2rem auto; padding: 0 1rem; }\n\
    dt { margin-top: .5rem; }\n</style>\n";

/// Links to everything that can be read without arguments, behind what may follow on the heading.
/// Neither text changes while the node runs.
fn home(node: &NodeName, registry: &Registry) -> (String, String) {
    let mut links = String::new();
    for (path, what) in FIXED {
        link(&mut links, path, what);
    }
    links.push_str("</dl>\n<h2>Operations</h2>\n<dl>\n");
    for spec in registry.operations() {
        let is_plain = spec.method == Method::Get && !spec.path.contains('{');
        let needs_nothing = !spec.parameters.iter().any(arsenal_core::spec::Parameter::is_required);
        if is_plain && needs_nothing {
            link(&mut links, spec.path, spec.summary);
        }
    }
    let head = format!(
        "{HEAD}<title>Arsenal: node {node}</title>\n{STYLE}</head>\n<body>\n<main>\n\
         <h1>Arsenal: node {node}</h1>\n"
    );
    let links = format!("<h2>This node</h2>\n<dl>\n{links}</dl>\n</main>\n</body>\n</html>\n");
    (head, links)
}

const FIXED: [(&str, &str); 6] = [
    ("/docs", "Documentation of all operations, to try them"),
    ("/openapi.json", "The same for programs: OpenAPI 3.1"),
    ("/openapi-3.0.json", "The same for generators of clients that know no later version"),
    ("/metrics", "What the node has counted, for Prometheus"),
    ("/healthz", "Whether the process lives"),
    ("/readyz", "Whether the node can do its work"),
];

fn link(links: &mut String, path: &str, what: &str) {
    let (path, what) = (escaped(path), escaped(what));
    writeln!(links, "<dt><a href=\"{path}\">{path}</a></dt><dd>{what}</dd>")
        .expect("a string takes everything");
}

fn escaped(text: &str) -> String {
    text.replace('&', "&amp;").replace('<', "&lt;").replace('>', "&gt;").replace('"', "&quot;")
}

#[cfg(test)]
mod tests {
    use axum::body::Body;
    use http::{Request, StatusCode};
    use http_body_util::BodyExt as _;
    use tower::ServiceExt as _;

    use super::*;

    async fn send(readiness: Readiness, request: Request<Body>) -> (StatusCode, HeaderMap, String) {
        let name = "n-1".parse().unwrap();
        let notice: Notice = Arc::new(|| Some(String::from("<simulated>")));
        let routes = routes(&name, &Registry::default(), readiness, notice);
        let (head, body) = routes.oneshot(request).await.unwrap().into_parts();
        let text = body.collect().await.unwrap().to_bytes();
        (head.status, head.headers, String::from_utf8(text.to_vec()).unwrap())
    }

    fn get(path: &str) -> Request<Body> {
        Request::get(path).body(Body::empty()).unwrap()
    }

    fn is_ready() -> Readiness {
        Arc::new(|| Ok(()))
    }

    #[tokio::test]
    async fn the_first_page_names_the_node_and_links_on() {
        let (status, headers, text) = send(is_ready(), get("/")).await;
        assert_eq!(status, 200);
        assert!(headers["content-type"].to_str().unwrap().starts_with("text/html"));
        assert!(text.contains("<p>&lt;simulated&gt;</p>"), "{text}");
        assert!(text.contains("node n-1") && text.contains("<a href=\"/openapi.json\">"), "{text}");
    }

    #[tokio::test]
    async fn readiness_is_asked_at_each_request() {
        assert_eq!(send(is_ready(), get("/healthz")).await.2, r#"{"status":"ok"}"#);
        assert_eq!(send(is_ready(), get("/readyz")).await.0, 200);
        let forming: Readiness =
            Arc::new(|| Err(OperationError::new(Code::ClusterForming, "b and c are missing")));
        let (status, headers, text) = send(forming.clone(), get("/readyz")).await;
        assert_eq!(
            (status.as_u16(), &headers["content-type"]),
            (503, &"application/problem+json".parse().unwrap())
        );
        assert!(text.contains("cluster_forming") && text.contains("b and c"), "{text}");
        assert_eq!(send(forming, get("/healthz")).await.0, 200, "it lives all the same");
    }

    #[tokio::test]
    async fn a_page_cannot_be_written() {
        let request = Request::post("/healthz").body(Body::empty()).unwrap();
        let (status, headers, text) = send(is_ready(), request).await;
        assert_eq!(status, 405);
        assert_eq!(headers["allow"], "GET, HEAD");
        assert!(text.contains("method_not_allowed"), "{text}");
    }
}
