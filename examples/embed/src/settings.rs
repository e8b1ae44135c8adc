//! What a node of the warehouse is told at its start.

use std::net::SocketAddr;

use clap::Parser;

/// A node of the warehouse.
#[derive(Debug, Parser)]
pub struct Settings {
    /// Name of this node
    #[arg(long)]
    pub name: String,

    /// Where orders come in
    #[arg(long, default_value = "127.0.0.1:8080")]
    pub http: SocketAddr,

    /// Where the node server listens
    #[arg(long, default_value = "127.0.0.1:9000")]
    pub listen: SocketAddr,

    /// Another node of the warehouse
    #[arg(long)]
    pub peer: Option<SocketAddr>,

    /// What the node servers of all nodes share
    #[arg(long, env = "WAREHOUSE_COOKIE", hide_env_values = true)]
    pub cookie: String,
}
