//! chitchat's socket, on the datagrams of the network.

use std::{
    net::SocketAddr,
    sync::{Arc, Mutex, PoisonError},
};

use async_trait::async_trait;
use bytes::Bytes;
use chitchat::{
    ChitchatMessage, Deserializable as _, Serializable as _,
    transport::{Socket, Transport},
};
use tokio::sync::mpsc;

use crate::network::Network;

/// Datagrams that wait to be read. What comes beyond is lost, as in a full buffer of a socket.
const WAITING_MAX: usize = 1_024;

/// Puts datagrams where the socket reads them.
pub(super) type Inbox = mpsc::Sender<(SocketAddr, Bytes)>;

/// Opens one socket, once.
pub(super) struct OnNetwork(Mutex<Option<OnNetworkSocket>>);

pub(super) struct OnNetworkSocket {
    network: Arc<dyn Network>,
    arrived: mpsc::Receiver<(SocketAddr, Bytes)>,
}

impl OnNetwork {
    pub(super) fn new(network: Arc<dyn Network>) -> (Self, Inbox) {
        let (inbox, arrived) = mpsc::channel(WAITING_MAX);
        (Self(Mutex::new(Some(OnNetworkSocket { network, arrived }))), inbox)
    }
}

#[async_trait]
impl Transport for OnNetwork {
    async fn open(&self, _: SocketAddr) -> anyhow::Result<Box<dyn Socket>> {
        let socket = self.0.lock().unwrap_or_else(PoisonError::into_inner).take();
        match socket {
            Some(socket) => Ok(Box::new(socket)),
            None => anyhow::bail!("the socket was opened before"),
        }
    }
}

#[async_trait]
impl Socket for OnNetworkSocket {
    async fn send(&mut self, to: SocketAddr, message: ChitchatMessage) -> anyhow::Result<()> {
        self.network.datagram(to, &message.serialize_to_vec());
        Ok(())
    }

    async fn recv(&mut self) -> anyhow::Result<(SocketAddr, ChitchatMessage)> {
        while let Some((from, bytes)) = self.arrived.recv().await {
            match ChitchatMessage::deserialize(&mut &bytes[..]) {
                Ok(message) => return Ok((from, message)),
                Err(error) => tracing::warn!(%from, "gossip that cannot be read: {error}"),
            }
        }
        anyhow::bail!("the network is gone")
    }
}
