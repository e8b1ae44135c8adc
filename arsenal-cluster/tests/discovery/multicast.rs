//! Announcements on the loopback interface, by real sockets.

use std::{
    collections::BTreeSet,
    net::{Ipv4Addr, SocketAddr, SocketAddrV4, UdpSocket},
    time::Duration,
};

use arsenal_cluster::{
    discovery::{DiscoveryKind, Multicast, Strategy as _},
    network::{DatagramKey, Peer},
};
use tokio::time::{sleep, timeout};

const LOOPBACK: Ipv4Addr = Ipv4Addr::LOCALHOST;

/// A port of its own for each test: a group is heard by everybody on the machine.
fn group() -> SocketAddrV4 {
    let free = UdpSocket::bind((LOOPBACK, 0)).unwrap();
    SocketAddrV4::new(Ipv4Addr::new(239, 255, 70, 71), free.local_addr().unwrap().port())
}

fn node(group: SocketAddrV4, key: u8) -> Multicast {
    Multicast::new(group, LOOPBACK, &DatagramKey::new([key; 32]).into())
}

fn peer(id: &str, port: u16) -> Peer {
    Peer { id: id.parse().unwrap(), address: ([127, 0, 0, 1], port).into() }
}

/// Looks until it has found an address.
async fn finds(node: &mut Multicast, me: &Peer, sought: SocketAddr) -> BTreeSet<SocketAddr> {
    let mut found = BTreeSet::new();
    let looking = async {
        while !found.contains(&sought) {
            let answer = node.look(me).await.unwrap();
            assert!(!answer.is_whole, "announcements get lost");
            found.extend(answer.addresses);
            sleep(Duration::from_millis(5)).await;
        }
    };
    assert!(timeout(Duration::from_secs(10), looking).await.is_ok(), "found only {found:?}");
    found
}

#[tokio::test]
async fn nodes_with_the_same_secret_hear_each_other() {
    let group = group();
    let (a, b, c) = (peer("a#1", 7001), peer("b#1", 7002), peer("c#1", 7003));
    let [mut at_a, mut at_b, mut stranger] = [node(group, 7), node(group, 7), node(group, 8)];
    for (node, me) in [(&mut at_a, &a), (&mut stranger, &c), (&mut at_b, &b)] {
        node.look(me).await.unwrap();
    }
    stranger.look(&c).await.unwrap();
    assert!(!finds(&mut at_a, &a, b.address).await.contains(&c.address));
    assert!(!finds(&mut at_b, &b, a.address).await.contains(&c.address));
    assert_eq!(finds(&mut stranger, &c, c.address).await, [c.address].into());
    assert_eq!((at_a.kind(), at_a.watches()), (DiscoveryKind::Multicast, group.to_string()));
}

#[tokio::test]
async fn a_recording_and_junk_are_not_believed() {
    let group = group();
    let (a, b) = (peer("a#1", 7001), peer("b#1", 7002));
    let [mut at_a, mut at_b] = [node(group, 7), node(group, 7)];
    at_a.look(&a).await.unwrap();
    // Joined for its interface, so that what it sends goes there, too.
    let tap = tap(group);
    at_b.look(&b).await.unwrap();
    let mut recording = [0; 2_048];
    let length = tap.recv(&mut recording).unwrap();
    finds(&mut at_a, &a, b.address).await;
    tap.send_to(&recording[..length], group).unwrap();
    for junk in [&b""[..], b"junk", &[7; 2_048]] {
        tap.send_to(junk, group).unwrap();
    }
    // Announced last, so all of the above was read when it is found.
    let c = peer("c#1", 7003);
    let mut at_c = node(group, 7);
    at_c.look(&c).await.unwrap();
    let found = finds(&mut at_a, &a, c.address).await;
    assert!(!found.contains(&b.address), "{found:?}");
    at_b.look(&b).await.unwrap();
    finds(&mut at_a, &a, b.address).await;
}

#[tokio::test]
async fn an_interface_that_is_not_there_is_named() {
    let nowhere = Ipv4Addr::new(192, 0, 2, 1);
    let group = group();
    let mut node = Multicast::new(group, nowhere, &DatagramKey::new([7; 32]).into());
    let error = node.look(&peer("a#1", 7001)).await.unwrap_err().to_string();
    assert!(error.starts_with(&format!("{group} by 192.0.2.1: ")), "{error}");
}

/// Hears a group as any program can.
fn tap(group: SocketAddrV4) -> UdpSocket {
    let socket = socket2::Socket::new(socket2::Domain::IPV4, socket2::Type::DGRAM, None).unwrap();
    socket.set_reuse_address(true).unwrap();
    #[cfg(target_os = "macos")]
    socket.set_reuse_port(true).unwrap();
    socket.bind(&group.into()).unwrap();
    socket.join_multicast_v4(group.ip(), &LOOPBACK).unwrap();
    socket.set_multicast_if_v4(&LOOPBACK).unwrap();
    socket.set_read_timeout(Some(Duration::from_secs(10))).unwrap();
    socket.into()
}
