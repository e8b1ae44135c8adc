//! The composition root: the only place where the concrete parts of a node meet.

use std::{net::SocketAddr, sync::Arc, time::SystemTime};

use anyhow::Context as _;
use arsenal_core::registry::Registry;
use tokio::net::TcpListener;

use crate::{
    config::{ConfigError, ServeConfig},
    connections,
    credentials::Credentials,
    data_dir::DataDir,
    middleware::{Gate, GateRules},
    pages,
    shutdown::Shutdown,
};

/// Runs one node until it is asked to end.
pub(crate) async fn serve(config: ServeConfig) -> Result<(), StartError> {
    let shutdown = Shutdown::listen()?;
    let data_dir = DataDir::open(&config.data_dir).map_err(anyhow::Error::new)?;
    let generation = data_dir.next_generation(now()).map_err(anyhow::Error::new)?;
    let credentials = Credentials::of(&config, &data_dir)?;
    let listener = bind(config.http).await?;
    warn_of_exposure(&config);

    let registry = Registry::default();
    let routes = pages::routes(&config.name, &registry, Arc::new(|| Ok(())));
    let gate = Gate::new(GateRules { bound: config.http, token: credentials.token }, routes);

    let address = listener.local_addr().map_err(anyhow::Error::new)?;
    tracing::info!(generation, "HTTP on http://{address}");
    connections::serve(listener, gate, shutdown.requested()).await;
    Ok(())
}

/// Why a program ended: exit code 2 for what its user asked for, 1 for what happened.
#[derive(Debug)]
pub(crate) enum StartError {
    Config(ConfigError),
    Failed(anyhow::Error),
}

impl From<ConfigError> for StartError {
    fn from(error: ConfigError) -> Self {
        Self::Config(error)
    }
}

impl From<anyhow::Error> for StartError {
    fn from(error: anyhow::Error) -> Self {
        Self::Failed(error)
    }
}

async fn bind(address: SocketAddr) -> anyhow::Result<TcpListener> {
    TcpListener::bind(address)
        .await
        .with_context(|| format!("cannot serve HTTP on {address} (--http)"))
}

fn warn_of_exposure(config: &ServeConfig) {
    for (flag, address) in [("--http", config.http), ("--listen", config.listen)] {
        if !address.ip().is_loopback() {
            tracing::warn!(
                "{flag} {address}: others can reach it, and nothing is encrypted (--insecure-bind)"
            );
        }
    }
}

#[expect(clippy::disallowed_methods, reason = "the clock enters the program here")]
fn now() -> SystemTime {
    SystemTime::now()
}
