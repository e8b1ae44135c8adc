//! Whoever reaches the ports of a node, and does not know the secret of its cluster.
//!
//! Mutated and replayed datagrams come from real ones: the nodes are told to join a socket of the test,
//! to which they introduce themselves, and what they answer each other is caught there, too.

use std::{
    fs,
    io::{ErrorKind, Read as _, Write as _},
    net::{Shutdown, SocketAddr, TcpStream, UdpSocket},
    thread,
    time::Duration,
};

use serde_json::{Value, json};

use super::harness::{Cluster, stays, until};

/// How many datagrams of each sort come to each of the two ports: 60,000 in all.
const DATAGRAMS: usize = 10_000;

/// How many malformed connections come to the port of one node.
const CONNECTIONS: usize = 10_000;

/// After so many rounds of datagrams the sender waits until the nodes have read them: what does not fit
/// into the buffer of a socket is dropped by the kernel, and no node sees it. It holds ninety or so.
const BURST: usize = 10;

/// Where the kernel does not tell how much is unread, the sender waits for so long.
const BURST_PAUSE: Duration = Duration::from_millis(20);

/// Of how many connections one may find all places for strangers taken. The others are read.
const REFUSED_ONE_IN: usize = 20;

/// How long a node may take to close a connection that makes no sense.
const CLOSED_WITHIN: Duration = Duration::from_secs(10);

/// How much more memory a node may take in the end. What it holds of strangers is bounded by 64
/// connections; the rest is the allocator's.
const GROWTH_MAX: u64 = 64 << 20;

/// How many lines of its log a node may spend on all of them: each reason at once, then once a minute.
const LINES_MAX: usize = 20;

/// Numbers without end that look random, and are the same in each run (xorshift64*).
struct Noise(u64);

impl Noise {
    fn next(&mut self) -> u64 {
        self.0 ^= self.0 >> 12;
        self.0 ^= self.0 << 25;
        self.0 ^= self.0 >> 27;
        self.0.wrapping_mul(0x2545_f491_4f6c_dd1d)
    }

    fn below(&mut self, end: usize) -> usize {
        usize::try_from(self.next() % u64::try_from(end).unwrap()).unwrap()
    }

    fn bytes(&mut self, count: usize) -> Vec<u8> {
        (0..count).map(|_| self.next().to_le_bytes()[0]).collect()
    }
}

#[test]
fn hostile_datagrams_and_connections_change_nothing() {
    let trap = UdpSocket::bind("127.0.0.1:0").unwrap();
    let address = trap.local_addr().unwrap().to_string();
    let further: [&'static str; 2] = ["--join", address.leak()];
    let cluster = Cluster::start_all_with(2, Vec::from(further).leak());
    let ports = [cluster.listen("a"), cluster.listen("b")];
    let before = Seen::of(&cluster);
    let caught = catch(&trap, ports);
    let sent = flood(&caught, ports);
    let lost = ports.map(|port| Socket::of(port).map_or(0, |socket| socket.dropped));
    assert!(lost.iter().sum::<u64>() * 20 < sent as u64, "the nodes read too little: {lost:?}");
    knock(ports[0]);
    let refused = counted(&cluster, CONNECTIONS);
    println!(
        "{sent} datagrams, made of {} real ones, {lost:?} lost; {CONNECTIONS} connections; {refused}",
        caught.len()
    );
    let not_read = number(&refused["connections"]["too_many"]);
    assert!(not_read * REFUSED_ONE_IN < CONNECTIONS, "the node read too little: {refused}");
    let dropped = number(&refused["datagrams"]["foreign"]);
    // Two of three to this port are no real ones; some were lost.
    assert!(dropped * 4 > DATAGRAMS && dropped <= sent, "the node counts what it drops: {refused}");

    let mut held = TcpStream::connect(ports[0]).unwrap();
    held.write_all(&(1_u64 << 20).to_be_bytes()).unwrap();
    stays("the cluster is whole", Duration::from_secs(3), || before.is_as(&Seen::of(&cluster)));
    for name in ["a", "b"] {
        let all = cluster.node(name).get("/api/v1/cluster/processes?limit=2").ok(200);
        assert_eq!(all["nodes"], json!({ "asked": 2, "answered": 2 }), "{all}");
        assert_eq!(all["failures"], json!([]), "{all}");
        let output = cluster.process(name).output();
        let told = ["refused a connection", "dropped a datagram"]
            .map(|line| output.matches(line).count())
            .iter()
            .sum::<usize>();
        assert!(told <= LINES_MAX, "strangers fill the log of {name}: {told} lines");
        for broken in ["gossip broke", "panicked"] {
            assert!(!output.contains(broken), "{output}");
        }
    }
    for (name, before) in &before.memory {
        let Some(after) = cluster.process(name).resident_bytes() else { continue };
        let grown = after.saturating_sub(*before);
        println!("{name}: {} MiB, grown by {} KiB", after >> 20, grown >> 10);
        assert!(grown <= GROWTH_MAX, "{name} has grown by {grown} bytes");
    }
}

/// What `a` turned away, once it has counted this many connections.
fn counted(cluster: &Cluster, connections: usize) -> Value {
    let mut refused = Value::Null;
    until("every connection is counted", || {
        let shown = cluster.node("a").get("/api/v1/cluster/connections").ok(200);
        refused = shown["refused"].clone();
        let by_reason = refused["connections"].as_object().unwrap();
        let all: usize = by_reason.values().map(number).sum();
        if all >= connections { Ok(()) } else { Err(refused.to_string()) }
    });
    refused
}

fn number(count: &Value) -> usize {
    usize::try_from(count.as_u64().unwrap()).unwrap()
}

/// What must not change: who the nodes are and how they see each other.
struct Seen {
    nodes: Vec<String>,
    memory: Vec<(String, u64)>,
}

impl Seen {
    fn of(cluster: &Cluster) -> Self {
        let mut nodes = Vec::new();
        let mut memory = Vec::new();
        for by in cluster.names() {
            let status = cluster.node(&by).get("/api/v1/cluster/status").ok(200);
            nodes.push(format!("{by}: {}", status["quorum"]["verdict"]));
            let topology = cluster.node(&by).get("/api/v1/cluster/topology").ok(200);
            let listed = |node: &Value| {
                let (name, generation) = (&node["name"], &node["generation"]);
                format!("{by} sees {name} {generation} {}", node["status"])
            };
            nodes.extend(topology["nodes"].as_array().unwrap().iter().map(listed));
            let resident = cluster.process(&by).resident_bytes();
            memory.extend(resident.map(|bytes| (by, bytes)));
        }
        Self { nodes, memory }
    }

    fn is_as(&self, other: &Self) -> Result<(), String> {
        if self.nodes == other.nodes {
            Ok(())
        } else {
            Err(format!("{:?} and not {:?}", other.nodes, self.nodes))
        }
    }
}

/// Real datagrams: introductions, and what the other node answers to them, back and forth.
fn catch(trap: &UdpSocket, [a, b]: [SocketAddr; 2]) -> Vec<Vec<u8>> {
    let mut caught = Vec::new();
    let mut buffer = vec![0; 65_535];
    trap.set_read_timeout(Some(Duration::from_millis(100))).unwrap();
    until("enough datagrams are caught", || {
        while let Ok((length, from)) = trap.recv_from(&mut buffer) {
            let datagram = &buffer[..length];
            caught.push(datagram.to_vec());
            if from == a {
                trap.send_to(datagram, b).unwrap();
            } else if from == b {
                trap.send_to(datagram, a).unwrap();
            }
        }
        if caught.len() >= 12 { Ok(()) } else { Err(caught.len().to_string()) }
    });
    caught
}

/// Junk, changed and replayed datagrams to both ports, mixed.
fn flood(real: &[Vec<u8>], ports: [SocketAddr; 2]) -> usize {
    let socket = UdpSocket::bind("127.0.0.1:0").unwrap();
    let mut noise = Noise(4711);
    let mut sent = 0;
    for number in 0..DATAGRAMS {
        for port in ports {
            let length = if number % 500 == 0 { 60_000 } else { noise.below(1_500) };
            let junk = noise.bytes(length);
            let replayed = &real[noise.below(real.len())];
            let changed = changed(replayed, &mut noise);
            for datagram in [&junk, &changed, replayed] {
                // A full buffer is a loss, as on any way.
                sent += usize::from(socket.send_to(datagram, port).is_ok());
            }
        }
        if number % BURST == 0 {
            ports.into_iter().for_each(wait_until_read);
        }
    }
    assert!(sent > DATAGRAMS * 5, "only {sent} were sent");
    sent
}

fn wait_until_read(port: SocketAddr) {
    if Socket::of(port).is_none() {
        return pause(BURST_PAUSE);
    }
    while Socket::of(port).is_some_and(|socket| socket.unread > 0) {
        pause(Duration::from_millis(1));
    }
}

/// What the kernel tells of a socket for datagrams.
struct Socket {
    /// How many bytes of it nobody has read yet.
    unread: u64,
    /// How many datagrams did not fit into its buffer.
    dropped: u64,
}

impl Socket {
    /// The one that is bound to a port; `None` where there is no `/proc`.
    fn of(port: SocketAddr) -> Option<Self> {
        let sockets = fs::read_to_string("/proc/net/udp").ok()?;
        let local = format!(":{:04X}", port.port());
        let columns = |line: &str| line.split_whitespace().map(str::to_owned).collect::<Vec<_>>();
        let mut sockets = sockets.lines().map(columns);
        let socket =
            sockets.find(|columns| columns.get(1).is_some_and(|at| at.ends_with(&local)))?;
        let (_to_send, unread) = socket.get(4)?.split_once(':')?;
        Some(Self {
            unread: u64::from_str_radix(unread, 16).ok()?,
            dropped: socket.last()?.parse().ok()?,
        })
    }
}

/// A real datagram with a bit, a length or an end that is not its own.
fn changed(real: &[u8], noise: &mut Noise) -> Vec<u8> {
    let mut changed = real.to_vec();
    let at = noise.below(changed.len());
    match noise.below(4) {
        0 => changed.truncate(at),
        1 => changed.extend(noise.bytes(at)),
        2 => changed[at..].reverse(),
        _ => {}
    }
    if let Some(byte) = changed.get_mut(at) {
        *byte ^= 1 << noise.below(8);
    } else {
        changed.push(0);
    }
    changed
}

/// Connections that say something else than a node would, four at a time.
fn knock(port: SocketAddr) {
    let threads = (0..4).map(|seed| {
        thread::spawn(move || {
            let mut noise = Noise(seed + 1);
            for _ in 0..CONNECTIONS / 4 {
                say_junk(port, &mut noise);
            }
        })
    });
    let threads: Vec<_> = threads.collect();
    for thread in threads {
        thread.join().unwrap();
    }
}

/// One connection with malformed frames: eight bytes of length, and what should be a message. The node
/// closes it.
fn say_junk(port: SocketAddr, noise: &mut Noise) {
    let mut stream = TcpStream::connect(port).expect("the node listens");
    let body = noise.below(300);
    let junk = noise.bytes(body);
    let length = |length: u64| length.to_be_bytes().to_vec();
    let said = match noise.below(6) {
        0 => junk,
        1 => length(u64::MAX),
        2 => [length(u64::try_from(body).unwrap()), junk].concat(),
        3 => [length(1 << 20), junk].concat(),
        4 => [length(0), length(3), junk].concat(),
        _ => Vec::new(),
    };
    // A node that has closed it already refuses what is said.
    drop(stream.write_all(&said));
    drop(stream.shutdown(Shutdown::Write));
    stream.set_read_timeout(Some(CLOSED_WITHIN)).unwrap();
    if let Err(error) = stream.read_to_end(&mut Vec::new()) {
        assert_ne!(error.kind(), ErrorKind::WouldBlock, "the node does not close a connection");
    }
}

/// Gives the nodes time to read: this is no wait for a state.
#[expect(clippy::disallowed_methods, reason = "a pace of sending")]
fn pause(time: Duration) {
    thread::sleep(time);
}
