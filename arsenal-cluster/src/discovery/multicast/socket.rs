//! The socket of a group.

use std::{
    io,
    net::{Ipv4Addr, SocketAddrV4, UdpSocket},
};

use socket2::{Domain, Protocol, Socket, Type};

/// How many routers an announcement may pass: none but the first, which lets nothing out.
const HOPS: u32 = 1;

/// Joins a group. Several nodes of one machine can, and hear each other.
pub(super) fn open(group: SocketAddrV4, interface: Ipv4Addr) -> io::Result<UdpSocket> {
    let socket = Socket::new(Domain::IPV4, Type::DGRAM, Some(Protocol::UDP))?;
    socket.set_reuse_address(true)?;
    // Elsewhere than on Linux only this lets a second one in.
    #[cfg(all(unix, not(any(target_os = "linux", target_os = "android"))))]
    socket.set_reuse_port(true)?;
    socket.bind(&bound(group).into())?;
    socket.join_multicast_v4(group.ip(), &interface)?;
    socket.set_multicast_if_v4(&interface)?;
    socket.set_multicast_loop_v4(true)?;
    socket.set_multicast_ttl_v4(HOPS)?;
    socket.set_nonblocking(true)?;
    Ok(socket.into())
}

/// Bound to the group, a socket hears nothing but the group. Windows has no such thing.
const fn bound(group: SocketAddrV4) -> SocketAddrV4 {
    if cfg!(windows) { SocketAddrV4::new(Ipv4Addr::UNSPECIFIED, group.port()) } else { group }
}
