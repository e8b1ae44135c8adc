//! The warehouse.
//!
//! ```text
//! cargo run -p embed --bin before -- --name a --cookie c
//! curl -X POST 127.0.0.1:8080/orders/lamp
//! ```

mod packer;
mod routes;

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
        Packer::spawn(Some(name), Packer(settings.name.clone()), ()).await?;
    }
    let mut connecting = JoinSet::new();
    if let Some(peer) = settings.peer {
        connecting.spawn(nodes::keep_connected(server.clone(), peer));
    }
    let routes = routes::routes(tally);
    let listener = TcpListener::bind(settings.http).await?;
    let stop = async { signal::ctrl_c().await.unwrap_or_default() };
    axum::serve(listener, routes).with_graceful_shutdown(stop).await?;
    Ok(())
}
