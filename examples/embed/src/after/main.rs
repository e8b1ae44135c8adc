//! The warehouse, with Arsenal in a corner of it.
//!
//! ```text
//! cargo run -p embed --bin after -- --name a --cookie c
//! curl -X POST 127.0.0.1:8080/orders/lamp
//! curl 127.0.0.1:8080/arsenal/api/v1/cluster/processes
//! ```

mod packer;
mod routes;

use std::net::SocketAddr;

use arsenal_cluster::instrument::SpawnInstrumented as _;
use arsenal_server::Embedding;
use clap::Parser as _;
use embed::{nodes, settings::Settings, tally::Tally};
use ractor::Actor as _;
use tokio::{net::TcpListener, signal, task::JoinSet};

use packer::Packer;

/// How many packers a node has.
const PACKERS: usize = 2;

#[tokio::main]
async fn main() -> anyhow::Result<()> {
    tracing_subscriber::fmt().with_env_filter("info,ractor=off,ractor_cluster=error").init();
    let settings = Settings::parse();
    let server = nodes::serve(&settings).await?;
    let (tally, _) = Tally::spawn(Some(String::from("tally")), Tally, ()).await?;
    for number in 1..=PACKERS {
        let name = format!("packer-{number}");
        Packer::spawn_instrumented(Some(name), Packer(settings.name.clone()), ()).await?;
    }
    let mut connecting = JoinSet::new();
    if let Some(peer) = settings.peer {
        connecting.spawn(nodes::keep_connected(server.clone(), peer));
    }
    let arsenal = Embedding::new(&settings.name, settings.http).node_server(server).start().await?;
    let routes = routes::routes(tally).nest("/arsenal", arsenal.router());
    let routes = routes.into_make_service_with_connect_info::<SocketAddr>();
    let listener = TcpListener::bind(settings.http).await?;
    let leave = arsenal.leave();
    let stop = async {
        signal::ctrl_c().await.unwrap_or_default();
        leave.await;
    };
    axum::serve(listener, routes).with_graceful_shutdown(stop).await?;
    arsenal.close().await;
    Ok(())
}
