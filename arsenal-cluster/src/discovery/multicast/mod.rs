//! Nodes announce themselves to a multicast group of the local network, sealed with a key of the cluster.
//!
//! A stranger can neither read an announcement nor make one. A recording counts for at most a minute, as
//! with gossip, and is not even then believed where something newer of the same node was heard.

mod announcement;
mod heard;
mod socket;

use std::{
    fmt, io,
    net::{IpAddr, Ipv4Addr, SocketAddr, SocketAddrV4, UdpSocket},
    time::Duration,
};

use futures_util::future::BoxFuture;
use tokio::time::Instant;

use self::{announcement::Announcement, heard::Heard};
use super::{Answer, DiscoveryKind, LookError, Strategy};
use crate::network::{
    DatagramKeys, Peer,
    seal::{Seal, seconds},
};

/// The group and the port where none is given: of the range that stays within a site.
pub const MULTICAST_GROUP: SocketAddrV4 = SocketAddrV4::new(Ipv4Addr::new(239, 255, 70, 70), 7070);

/// How often a node announces itself, and reads what others have announced since.
const EVERY: Duration = Duration::from_secs(1);

/// Datagrams that are read at a time. What strangers send beyond is lost in the buffer of the system.
const READ_MAX: usize = 1_024;

/// An announcement is far shorter; what is longer is none.
const DATAGRAM_MAX: usize = 1_024;

/// Which protocol this is.
const CONTEXT: &[u8] = b"arsenal multicast 1";

/// Everybody who announces itself to a group.
pub struct Multicast {
    group: SocketAddrV4,
    interface: Ipv4Addr,
    seal: Seal,
    socket: Option<UdpSocket>,
    sent: u64,
    heard: Heard,
}

impl Multicast {
    /// Announces to a group by the interface that has an address; `0.0.0.0` lets the system choose one.
    /// The keys must be derived from the cluster's secret for this purpose only.
    pub fn new(group: SocketAddrV4, interface: Ipv4Addr, keys: &DatagramKeys) -> Self {
        let seal = Seal::new(keys, CONTEXT);
        Self { group, interface, seal, socket: None, sent: 0, heard: Heard::default() }
    }

    /// Neither reading nor sending waits.
    fn exchange(&mut self, me: &Peer) -> io::Result<Answer> {
        let socket = match self.socket.take() {
            Some(socket) => socket,
            None => socket::open(self.group, self.interface)?,
        };
        let mut found = Vec::new();
        let mut buffer = [0; DATAGRAM_MAX];
        for _ in 0..READ_MAX {
            match socket.recv_from(&mut buffer) {
                Ok((length, _)) => {
                    found.extend(self.read(buffer.get(..length).unwrap_or_default()));
                }
                Err(error) if error.kind() == io::ErrorKind::WouldBlock => break,
                Err(error) => return Err(error),
            }
        }
        self.sent += 1;
        let announcement = Announcement { peer: me.clone(), number: self.sent };
        let sealed = self.seal.close(&announcement.encode(), seconds());
        socket.send_to(&sealed.ok_or(io::ErrorKind::Other)?, self.group)?;
        // Kept only if all went well: another one may do better after a change of the network.
        self.socket = Some(socket);
        Ok(Answer::part(found))
    }

    fn read(&mut self, sealed: &[u8]) -> Option<SocketAddr> {
        let plain = self.seal.open(sealed, seconds()).ok()?;
        let announcement = Announcement::decode(&plain)?;
        let is_news = self.heard.is_news(&announcement, Instant::now());
        is_news.then_some(announcement.peer.address)
    }
}

impl Strategy for Multicast {
    fn kind(&self) -> DiscoveryKind {
        DiscoveryKind::Multicast
    }

    fn watches(&self) -> String {
        self.group.to_string()
    }

    fn every(&self) -> Duration {
        EVERY
    }

    fn look<'a>(&'a mut self, me: &'a Peer) -> BoxFuture<'a, Result<Answer, LookError>> {
        Box::pin(async {
            let (group, interface) = (self.group, IpAddr::V4(self.interface));
            self.exchange(me).map_err(|error| format!("{group} by {interface}: {error}").into())
        })
    }
}

impl fmt::Debug for Multicast {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.debug_struct("Multicast").field("group", &self.group).finish_non_exhaustive()
    }
}
