//! A node that is built wrongly says so. In a program of its own: a process has one network at most.

use std::{
    net::Ipv4Addr,
    time::{Duration, SystemTime},
};

use arsenal_cluster::{
    network::{
        DatagramKey, PeerId,
        ractor::{ClusterSecret, RactorConfig, RactorNetwork},
    },
    node::NodeBuilder,
};
use arsenal_core::{
    hooks::{Hooks, Scope},
    prelude::*,
    registry::Registry,
};

/// Greets.
#[operation(get, "/api/v1/greetings", name = "greeting.show")]
async fn show_greeting() -> Result<String, OperationError> {
    Ok("Hello!".to_owned())
}

#[tokio::test]
async fn a_hook_for_nothing_refuses_to_start() {
    let network = RactorNetwork::open(RactorConfig {
        id: PeerId { name: "a".parse().expect("a good name"), generation: 1 },
        listen: (Ipv4Addr::LOCALHOST, 0).into(),
        advertise: None,
        server: ClusterSecret::new([7; 32]).into(),
        datagrams: DatagramKey::new([7; 32]).into(),
        tls: None,
    });
    let network = network.await.expect("a free port");
    let registry = Registry::from_linked().expect("a good catalogue");
    let hooks = Hooks::new().before(Scope::operation("greeting.shown"), async |_, _| Ok(()));
    let now = SystemTime::UNIX_EPOCH + Duration::from_secs(1_700_000_000);
    let error = NodeBuilder::new(registry).hooks(hooks).start(network, now).await.unwrap_err();
    assert!(error.to_string().contains("did you mean `greeting.show`?"), "{error}");
}
