//! The node server of the program, and its connection to another node.

use std::{net::SocketAddr, time::Duration};

use anyhow::Context as _;
use ractor::{Actor, ActorRef, call_t};
use ractor_cluster::{NodeServer, NodeServerMessage, client_connect};
use tokio::time::sleep;

use crate::settings::Settings;

/// How often it is looked at whether the other node is connected.
const LOOKED_EVERY: Duration = Duration::from_secs(1);

/// How long the node server may take for an answer, in milliseconds.
const ANSWER_MS_MAX: u64 = 1_000;

/// Starts the node server.
pub async fn serve(settings: &Settings) -> anyhow::Result<ActorRef<NodeServerMessage>> {
    let (port, cookie) = (settings.listen.port(), settings.cookie.clone());
    let (name, host) = (settings.name.clone(), settings.listen.ip().to_string());
    let server = NodeServer::new(port, cookie, name, host, None, None);
    let server = server.with_listen_addr(settings.listen.ip());
    let (server, _) = Actor::spawn(Some(String::from("nodes")), server, ())
        .await
        .context("the node server did not start")?;
    Ok(server)
}

/// Connects to another node, and again whenever no node is connected.
pub async fn keep_connected(server: ActorRef<NodeServerMessage>, peer: SocketAddr) {
    while let Ok(sessions) = call_t!(server, NodeServerMessage::GetSessions, ANSWER_MS_MAX) {
        if sessions.is_empty()
            && let Err(error) = client_connect(&server, peer).await
        {
            tracing::info!(%peer, "not connected yet: {error}");
        }
        sleep(LOOKED_EVERY).await;
    }
}
