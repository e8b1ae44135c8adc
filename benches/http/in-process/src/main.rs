//! Asks a router many times, on one thread and without a network.
//!
//! `in-process SERVER METHOD COUNT` runs COUNT requests and prints how long one took. Run by
//! `instructions.py` under callgrind, whose counts do not depend on what else the machine does.

use std::{env, time::Instant};

use axum::{
    Router,
    body::Body,
    http::{Method, Request},
};
use tower::ServiceExt as _;

const BODY: &str = r#"{"name":"Blue bicycle","sku":"BIKE-0042","quantity":12,"price_cents":129900,"active":true,"category":"vehicles","tags":["new","two wheels","blue"],"notes":"Arrives in a box; the pedals are mounted by hand."}"#;

#[tokio::main(flavor = "current_thread")]
async fn main() -> Result<(), Box<dyn std::error::Error>> {
    tracing_subscriber::fmt()
        .with_max_level(tracing::Level::INFO)
        .with_writer(std::io::sink)
        .with_ansi(false)
        .init();
    let words: Vec<String> = env::args().skip(1).collect();
    let [server, method, count] = words.as_slice() else {
        return Err("usage: in-process axum-hand|arsenal GET|POST COUNT".into());
    };
    let app = match server.as_str() {
        "axum-hand" => axum_hand_server::app(),
        "arsenal" => arsenal_server::app()?,
        other => return Err(format!("no server `{other}`").into()),
    };
    let (method, count): (Method, u32) = (method.parse()?, count.parse()?);
    ask(&app, &method).await?;
    let start = Instant::now();
    for _ in 0..count {
        ask(&app, &method).await?;
    }
    println!("{} ns per request", start.elapsed().as_nanos() / u128::from(count.max(1)));
    Ok(())
}

async fn ask(app: &Router, method: &Method) -> Result<(), Box<dyn std::error::Error>> {
    let request = Request::builder().method(method.clone()).header("host", "127.0.0.1:18250");
    let request = if method == Method::GET {
        request.uri("/bench/items/7?verbose=true&limit=50").body(Body::empty())?
    } else {
        let typed = request.uri("/bench/items").header("content-type", "application/json");
        typed.header("content-length", BODY.len()).body(Body::from(BODY))?
    };
    let response = app.clone().oneshot(request).await?;
    if !response.status().is_success() {
        return Err(format!("refused with {}", response.status()).into());
    }
    let _bytes = axum::body::to_bytes(response.into_body(), usize::MAX).await?;
    Ok(())
}
