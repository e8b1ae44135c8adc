//! The flags of `arsenal dev`.

use std::path::PathBuf;

use clap::{Args, value_parser};

/// One terminal and one machine carry no more.
const NODES_MAX: i64 = 64;

/// What `arsenal dev` was asked for.
#[derive(Args, Clone, Debug)]
pub(crate) struct DevFlags {
    /// How many nodes to run: a, b, c, …
    #[arg(long, env = "ARSENAL_NODES", default_value_t = 3, value_name = "COUNT",
          value_parser = value_parser!(u16).range(1..=NODES_MAX))]
    pub(crate) nodes: u16,

    /// HTTP port of the first node; the others follow
    #[arg(long, env = "ARSENAL_HTTP_BASE", default_value_t = 4000, value_name = "PORT",
          value_parser = value_parser!(u16).range(1..))]
    pub(crate) http_base: u16,

    /// Cluster port of the first node; the others follow
    #[arg(long, env = "ARSENAL_LISTEN_BASE", default_value_t = 7000, value_name = "PORT",
          value_parser = value_parser!(u16).range(1..))]
    pub(crate) listen_base: u16,

    /// Folder for the token, the secret and the data of all nodes [default: arsenal/dev in your
    /// state folder]
    #[arg(long, env = "ARSENAL_DATA_DIR", value_name = "FOLDER", conflicts_with = "ephemeral")]
    pub(crate) data_dir: Option<PathBuf>,

    /// Use a temporary folder, and remove it at the end
    #[arg(long)]
    pub(crate) ephemeral: bool,

    /// Start nothing but the nodes themselves
    #[arg(long)]
    pub(crate) no_demo: bool,

    /// What the nodes log
    #[arg(
        long,
        env = "ARSENAL_LOG",
        value_name = "FILTER",
        default_value = "warn,arsenal::change=info,ractor=off,ractor_cluster=off"
    )]
    pub(crate) log: crate::logs::LogFilter,
}
