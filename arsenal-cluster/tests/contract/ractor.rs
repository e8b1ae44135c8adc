//! The checks that hold for the network over sockets only.

use std::{net::SocketAddr, sync::Arc, time::Duration};

use arsenal_cluster::network::{
    DatagramKey, DialError, Down, Network as _, RefusedConnections, WantedPeer,
    ractor::{ClusterSecret, OpenError, RactorConfig, RactorNetwork},
};
use tokio::{
    io::AsyncReadExt as _,
    net::TcpStream,
    time::{Instant, sleep, timeout},
};

use super::{
    node::{Event, TestNode},
    process::{Peer, SECRET, open},
    world::SOON,
};

pub(crate) const ANY_PORT: ([u8; 4], u16) = ([127, 0, 0, 1], 0);

/// Waits until the last dial to this address failed for this reason.
pub(crate) async fn attempt(network: &RactorNetwork, address: SocketAddr, reason: &DialError) {
    let begun = Instant::now();
    loop {
        let attempts = network.attempts();
        assert!(attempts.len() <= 2, "one entry for each wanted address: {attempts:?}");
        if attempts.iter().any(|each| each.address == address && each.reason == *reason) {
            return;
        }
        assert!(begun.elapsed() < SOON, "not {reason:?}: {attempts:?}");
        sleep(Duration::from_millis(10)).await;
    }
}

/// Waits until connections were refused for this reason.
pub(crate) async fn counted(network: &RactorNetwork, of: impl Fn(RefusedConnections) -> u64) {
    let begun = Instant::now();
    while of(network.refusals().connections) == 0 {
        assert!(begun.elapsed() < SOON, "not counted: {:?}", network.refusals());
        sleep(Duration::from_millis(10)).await;
    }
}

pub(crate) async fn own_name() {
    let network = open("a#5", ANY_PORT.into(), SECRET).await;
    let node = TestNode::start(Arc::<RactorNetwork>::clone(&network));
    let twin = Peer::start("a#6", ANY_PORT.into(), SECRET, network.me().address);
    node.network_want(vec![twin.wanted()]);
    attempt(&network, twin.address, &DialError::OwnName(twin.id.clone())).await;
    assert_eq!(node.log.events(), []);
}

pub(crate) async fn other_secret() {
    let network = open("a#1", ANY_PORT.into(), SECRET).await;
    let node = TestNode::start(Arc::<RactorNetwork>::clone(&network));
    let stranger = Peer::start("b#1", ANY_PORT.into(), SECRET + 1, network.me().address);
    node.network_want(vec![stranger.wanted()]);
    attempt(&network, stranger.address, &DialError::OtherSecret(stranger.id.clone())).await;
    counted(&network, |refused| refused.other_secret).await;
    let address = stranger.address;
    drop(stranger);
    let refused = DialError::Connect(std::io::ErrorKind::ConnectionRefused);
    attempt(&network, address, &refused).await;
    let attempt = network.attempts().remove(0);
    assert!(attempt.count >= 2 && attempt.next_try_in < Duration::from_secs(8), "{attempt:?}");
    assert_eq!(node.log.events(), []);
}

/// Two nodes dial each other at once, again and again: one of two sessions is ended each time, by either
/// end, and nobody says of a node of the cluster that it has another secret.
pub(crate) async fn at_once() {
    let network = open("a#1", ANY_PORT.into(), SECRET).await;
    let node = TestNode::start(Arc::<RactorNetwork>::clone(&network));
    // By these addresses each of the two is the lower one, so that neither waits for the other.
    let b = Peer::start("b#1", ([0, 0, 0, 0], 0).into(), SECRET, network.me().address);
    let address = SocketAddr::from(([127, 0, 0, 2], b.address.port()));
    node.network_want(vec![WantedPeer { address, id: None }]);
    for round in 1..=60 {
        node.log.wait(&Event::Up(b.id.clone()), round, SOON).await;
        let attempts = network.attempts();
        assert!(attempts.iter().all(|each| each.reason.code() != "other_secret"), "{attempts:?}");
        network.reset(&b.id);
    }
    node.log.wait(&Event::Up(b.id.clone()), 61, SOON).await;
    let (here, begun) = (network.refusals().connections, Instant::now());
    let there = loop {
        let answer = node.endpoint.call(&b.id, "refused".into(), SOON).await;
        assert!(begun.elapsed() < SOON, "{answer:?}");
        if let Ok(answer) = answer {
            break answer;
        }
    };
    println!(
        "other secret, unproved: {} {} here, {there:?} there",
        here.other_secret, here.unproved
    );
    assert!(here.other_secret == 0 && there.starts_with(b"0 "), "{here:?}, {there:?}");
}

/// A live peer keeps its name; one that is silent loses it within the bound of the reaper.
pub(crate) async fn twins() {
    let network = open("a#1", ANY_PORT.into(), SECRET).await;
    let node = TestNode::start(Arc::<RactorNetwork>::clone(&network));
    let mut older = Peer::start("b#1", ANY_PORT.into(), SECRET, network.me().address);
    node.network_want(vec![older.wanted()]);
    node.log.wait(&Event::Up(older.id.clone()), 1, SOON).await;
    let newer = Peer::start("b#2", ANY_PORT.into(), SECRET, network.me().address);
    node.network_want(vec![older.wanted(), newer.wanted()]);
    attempt(&network, newer.address, &DialError::NameHeld(older.id.clone())).await;
    counted(&network, |refused| refused.name_held).await;
    let answer = node.endpoint.call(&older.id, "echo still here".into(), SOON).await;
    assert_eq!(answer.as_deref(), Ok(&b"still here"[..]));
    let mut expected =
        vec![Event::Up(older.id.clone()), Event::Refused(newer.id.clone(), older.id.clone())];
    assert_eq!(node.log.events(), expected);
    older.freeze();
    node.log.wait(&Event::Up(newer.id.clone()), 1, SOON * 2).await;
    older.thaw();
    attempt(&network, older.address, &DialError::Outdated(older.id.clone())).await;
    counted(&network, |refused| refused.outdated).await;
    assert_eq!(network.refusals().connections.misnamed, 0, "who is late does not lie");
    expected.push(Event::Down(older.id.clone(), Down::Reset));
    expected.push(Event::Up(newer.id.clone()));
    assert_eq!(node.log.events(), expected);
}

/// Whoever is refused knows by whom, and gets in when the other start is gone.
pub(crate) async fn name_held() {
    let network = open("b#2", ANY_PORT.into(), SECRET).await;
    let node = TestNode::start(Arc::<RactorNetwork>::clone(&network));
    let a = Peer::start("a#1", ANY_PORT.into(), SECRET, ([127, 0, 0, 1], 9).into());
    let holder = Peer::start("b#1", ANY_PORT.into(), SECRET, a.address);
    sleep(Duration::from_secs(2)).await;
    node.network_want(vec![a.wanted()]);
    attempt(&network, a.address, &DialError::NameHeld(holder.id.clone())).await;
    assert_eq!(node.log.events(), [Event::NameHeld(holder.id.clone())]);
    drop(holder);
    node.log.wait(&Event::Up(a.id.clone()), 1, SOON).await;
    assert_eq!(network.attempts(), []);
}

/// A peer that advertises another address than the one by which it is known is not dialled again
/// once it has dialled us.
pub(crate) async fn aliases() {
    let network = open("a#1", ANY_PORT.into(), SECRET).await;
    let node = TestNode::start(Arc::<RactorNetwork>::clone(&network));
    let nowhere = ([127, 0, 0, 1], 9).into();
    let b = Peer::start("b#1", ([0, 0, 0, 0], 0).into(), SECRET, nowhere);
    let alias = SocketAddr::from(([127, 0, 0, 2], b.address.port()));
    let wanted = vec![WantedPeer { address: alias, id: None }];
    node.network_want(wanted.clone());
    node.log.wait(&Event::Up(b.id.clone()), 1, SOON).await;
    // From now on `b` dials, too, and it is the first to do so, since its address is lower.
    let command = format!("want {}", network.me().address);
    node.endpoint.call(&b.id, command.into(), SOON).await.unwrap();
    network.reset(&b.id);
    node.log.wait(&Event::Up(b.id.clone()), 2, SOON).await;
    let quiet = node.log.events();
    node.network_want(wanted);
    sleep(Duration::from_millis(3500)).await;
    assert_eq!(node.log.events(), quiet);
    assert_eq!(network.attempts(), []);
}

/// Connections that say nothing fill the places for strangers, and lose them in time.
pub(crate) async fn strangers() {
    let network = open("a#1", ANY_PORT.into(), SECRET).await;
    let node = TestNode::start(Arc::<RactorNetwork>::clone(&network));
    let mut silent = Vec::new();
    for _ in 0..64 {
        silent.push(TcpStream::connect(network.me().address).await.unwrap());
    }
    // One of them says a little again and again: it has no more time than the others.
    let mut drip = silent.pop().unwrap();
    let begun = Instant::now();
    let mut dripping = tokio::task::JoinSet::new();
    dripping.spawn(async move {
        use tokio::io::AsyncWriteExt as _;
        let a_long_frame = (1_u64 << 20).to_be_bytes();
        while drip.write_all(&a_long_frame).await.is_ok() {
            sleep(Duration::from_millis(200)).await;
        }
        begun.elapsed()
    });
    let mut one_more = TcpStream::connect(network.me().address).await.unwrap();
    let closed = timeout(Duration::from_secs(2), one_more.read(&mut [0])).await;
    assert!(matches!(closed, Ok(Ok(0) | Err(_))), "{closed:?}");
    for stream in &mut silent {
        let closed =
            timeout(SOON, async { while stream.read(&mut [0; 64]).await.is_ok_and(|n| n > 0) {} });
        assert!(closed.await.is_ok(), "a silent connection stays");
    }
    assert!(begun.elapsed() > Duration::from_secs(3), "they had their time");
    assert!(dripping.join_next().await.unwrap().unwrap() < SOON, "whoever drips stays");
    let b = Peer::start("b#1", ANY_PORT.into(), SECRET, network.me().address);
    node.log.wait(&Event::Up(b.id.clone()), 1, SOON).await;
    let refused = network.refusals().connections;
    let expected = RefusedConnections { too_many: 1, not_a_node: 64, ..Default::default() };
    assert_eq!(refused, expected, "each is counted, and a node of the cluster is not");
}

pub(crate) async fn opening() {
    let config = |listen: SocketAddr| RactorConfig {
        id: "a#1".parse().unwrap(),
        listen,
        advertise: None,
        server: ClusterSecret::new([SECRET; 32]).into(),
        datagrams: DatagramKey::new([SECRET; 32]).into(),
        tls: None,
    };
    let busy = std::net::TcpListener::bind("127.0.0.1:0").unwrap();
    let address = busy.local_addr().unwrap();
    match RactorNetwork::open(config(address)).await {
        Err(error @ OpenError::Listen { .. }) => {
            assert!(error.to_string().contains(&address.to_string()), "{error}");
        }
        other => panic!("{other:?}"),
    }
    let network = RactorNetwork::open(config(ANY_PORT.into())).await.unwrap();
    let second = RactorNetwork::open(config(ANY_PORT.into())).await;
    assert!(matches!(second, Err(OpenError::AlreadyOpen)), "{second:?}");
    let node = TestNode::start(Arc::<RactorNetwork>::clone(&network));
    let b = Peer::start("b#1", ANY_PORT.into(), SECRET, network.me().address);
    node.log.wait(&Event::Up(b.id.clone()), 1, SOON).await;
    let listened = network.me().address;
    network.close().await;
    let down = Event::Down(b.id.clone(), Down::Closed);
    assert_eq!(node.log.events(), [Event::Up(b.id.clone()), down]);
    assert!(TcpStream::connect(listened).await.is_err(), "nobody listens any more");
    let begun = Instant::now();
    while tokio::runtime::Handle::current().metrics().num_alive_tasks() > 1 {
        assert!(begun.elapsed() < SOON, "tasks stay behind");
        sleep(Duration::from_millis(20)).await;
    }
    let again = open("a#2", listened, SECRET).await;
    let node_again = TestNode::start(again);
    node_again.log.wait(&Event::Up(b.id.clone()), 1, SOON).await;
}
