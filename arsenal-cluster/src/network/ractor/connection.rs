//! A connection between two nodes, plain or encrypted, before it is a session.

use std::{io, net::SocketAddr, time::Duration};

use ractor_cluster::NetworkStream;
use socket2::{SockRef, TcpKeepalive};
use tokio::net::TcpStream;
use tokio_rustls::{client, server};

use super::tls::NodeCertificate;

/// For how long nothing is sent until the kernel asks whether the other end is there, how often it asks
/// then, and how many times. The pings of the node are sooner; this ends what they never reach, as
/// sessions that are not a path.
const KEEPALIVE_AFTER: Duration = Duration::from_secs(10);
const KEEPALIVE_EVERY: Duration = Duration::from_secs(5);
#[cfg(target_os = "linux")]
const KEEPALIVE_RETRIES: u32 = 3;

/// For how long sent bytes may stay unacknowledged until the kernel gives a connection up.
#[cfg(target_os = "linux")]
const UNACKNOWLEDGED_MAX: Duration = Duration::from_secs(20);

/// The bytes of a connection, and who was shown to be at its other end.
pub(super) enum Connection {
    Plain(TcpStream),
    Accepted(Box<server::TlsStream<TcpStream>>, NodeCertificate),
    Dialled(Box<client::TlsStream<TcpStream>>, NodeCertificate),
}

impl Connection {
    /// What the other end has shown.
    pub(super) const fn certificate(&self) -> Option<&NodeCertificate> {
        match self {
            Self::Plain(_) => None,
            Self::Accepted(_, certificate) | Self::Dialled(_, certificate) => Some(certificate),
        }
    }

    /// As the node server takes it.
    pub(super) fn into_stream(self, peer_addr: SocketAddr) -> io::Result<NetworkStream> {
        Ok(match self {
            Self::Plain(stream) => {
                let local_addr = stream.local_addr()?;
                NetworkStream::Raw { peer_addr, local_addr, stream }
            }
            Self::Accepted(stream, _) => {
                let local_addr = stream.get_ref().0.local_addr()?;
                NetworkStream::TlsServer { peer_addr, local_addr, stream: *stream }
            }
            Self::Dialled(stream, _) => {
                let local_addr = stream.get_ref().0.local_addr()?;
                NetworkStream::TlsClient { peer_addr, local_addr, stream: *stream }
            }
        })
    }
}

/// Sets up a socket, right after it was connected.
pub(super) fn set_up(stream: &TcpStream) -> io::Result<()> {
    // Small frames must not wait for the acknowledgement of the last one.
    stream.set_nodelay(true)?;
    let socket = SockRef::from(stream);
    let keepalive = TcpKeepalive::new().with_time(KEEPALIVE_AFTER).with_interval(KEEPALIVE_EVERY);
    #[cfg(target_os = "linux")]
    let keepalive = keepalive.with_retries(KEEPALIVE_RETRIES);
    socket.set_tcp_keepalive(&keepalive)?;
    #[cfg(target_os = "linux")]
    socket.set_tcp_user_timeout(Some(UNACKNOWLEDGED_MAX))?;
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[cfg(target_os = "linux")]
    #[tokio::test]
    async fn the_kernel_notices_an_end_that_is_gone() {
        let listener = tokio::net::TcpListener::bind("127.0.0.1:0").await.unwrap();
        let stream = TcpStream::connect(listener.local_addr().unwrap()).await.unwrap();
        set_up(&stream).unwrap();
        let socket = SockRef::from(&stream);
        assert!(socket.keepalive().unwrap() && stream.nodelay().unwrap());
        assert_eq!(socket.tcp_keepalive_time().unwrap(), KEEPALIVE_AFTER);
        assert_eq!(socket.tcp_keepalive_interval().unwrap(), KEEPALIVE_EVERY);
        assert_eq!(socket.tcp_keepalive_retries().unwrap(), KEEPALIVE_RETRIES);
        assert_eq!(socket.tcp_user_timeout().unwrap(), Some(UNACKNOWLEDGED_MAX));
    }
}
