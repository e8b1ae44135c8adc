//! A node inside of a program that has a router and rules of its own.

use std::{
    collections::BTreeMap,
    net::Ipv4Addr,
    sync::{Arc, Mutex},
    time::{Duration, SystemTime},
};

use arsenal_cluster::{
    network::{
        DatagramKey, PeerId,
        ractor::{ClusterSecret, RactorConfig, RactorNetwork},
    },
    node::{Node, NodeBuilder},
};
use arsenal_core::{
    hooks::{Hooks, Outcome, Scope},
    http,
    prelude::*,
    principal::{Principal, Role},
    registry::Registry,
};
use axum::{
    Router,
    body::{Body, to_bytes},
    extract::Request,
    middleware::map_request,
    routing::get,
};
use serde_json::Value;
use tower::ServiceExt as _;

/// Greets somebody.
#[operation(get, "/api/v1/greetings/{name}", name = "greeting.show", target = all_nodes)]
async fn show_greeting(
    /// Who is greeted.
    name: String,
) -> Result<String, OperationError> {
    Ok(format!("Hello, {name}!"))
}

async fn start(hooks: Hooks) -> Node {
    let network = RactorNetwork::open(RactorConfig {
        id: PeerId { name: "a".parse().expect("a good name"), generation: 1 },
        listen: (Ipv4Addr::LOCALHOST, 0).into(),
        advertise: None,
        server: ClusterSecret::new([7; 32]).into(),
        datagrams: DatagramKey::new([7; 32]).into(),
        tls: None,
    });
    let network = network.await.expect("a free port");
    let now = SystemTime::UNIX_EPOCH + Duration::from_secs(1_700_000_000);
    NodeBuilder::new(Registry::from_linked().expect("a good catalogue"))
        .hooks(hooks)
        .start(network, now)
        .await
        .expect("a good node")
}

/// The program of somebody else, with Arsenal in a corner of it.
fn program(node: &Node) -> Router {
    async fn caller(mut request: Request) -> Request {
        request.extensions_mut().insert(Principal::new("program", Role::Read));
        request
    }
    let arsenal = http::router(Arc::clone(node.parts()))
        .merge(http::documents_router(Arc::clone(node.parts())))
        .merge(http::metrics_router(Arc::clone(node.parts())))
        .layer(map_request(caller));
    Router::new()
        .route("/", get(async || "my own page"))
        .nest("/inner/arsenal", arsenal)
        .fallback(async || "my own 404")
}

async fn ask(program: &Router, path: &str) -> (u16, String) {
    let request = Request::get(path).body(Body::empty()).expect("a good path");
    let answer = program.clone().oneshot(request).await.expect("an answer");
    let status = answer.status().as_u16();
    let body = to_bytes(answer.into_body(), 1 << 20).await.expect("a whole body");
    (status, String::from_utf8(body.to_vec()).expect("a text"))
}

#[tokio::test]
async fn a_program_mounts_a_node_and_stands_around_its_operations() {
    let seen = Arc::<Mutex<BTreeMap<String, u32>>>::default();
    let audit = Arc::clone(&seen);
    let hooks = Hooks::new()
        .before(Scope::tag("greeting"), async |_, context: NodeContext| {
            let is_open = context.principal().name() == "program";
            if is_open { Ok(()) } else { Err(OperationError::forbidden("only the program")) }
        })
        .after(Scope::operation("greeting.show"), move |spec, context, outcome, _| {
            let line = format!("{} on {}: {outcome:?}", spec.name, context.node());
            assert!(matches!(outcome, Outcome::Answered), "{line}");
            *audit.lock().unwrap().entry(line).or_default() += 1;
        });
    let node = start(hooks).await;
    let program = program(&node);
    assert_eq!(ask(&program, "/").await, (200, String::from("my own page")));
    assert_eq!(ask(&program, "/unknown").await, (200, String::from("my own 404")));

    let (status, answer) = ask(&program, "/inner/arsenal/api/v1/greetings/Ada").await;
    assert_eq!(status, 200, "{answer}");
    let answer: Value = serde_json::from_str(&answer).unwrap();
    assert_eq!(answer["data"]["a"], "Hello, Ada!");
    let audited = BTreeMap::from([(String::from("greeting.show on a: Answered"), 1)]);
    assert_eq!(*seen.lock().unwrap(), audited);

    let (_, metrics) = ask(&program, "/inner/arsenal/metrics").await;
    let counted = r#"arsenal_operation_invocations_total{operation="greeting.show",code="ok"} 1"#;
    assert!(metrics.lines().any(|line| line == counted), "{metrics}");
    let (_, document) = ask(&program, "/inner/arsenal/openapi.json").await;
    let document: Value = serde_json::from_str(&document).unwrap();
    assert_eq!(document["servers"][0]["url"], ".");
}
