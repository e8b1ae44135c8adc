//! A network for one scenario: a namespace for each node, and one with the bridge that joins them.
//! Nothing of the machine's own network changes, and everything is gone with this value.
//!
//! There need be no firewall in the kernel: a direction is cut by giving its receiver a hardware address
//! that nobody has, so that what is sent to it gets lost without a word. Connections stay open, and the
//! other direction goes on.

use std::{
    collections::BTreeSet,
    fs::File,
    net::Ipv4Addr,
    os::fd::AsFd as _,
    panic::resume_unwind,
    path::Path,
    process::{Command, id},
    sync::atomic::{AtomicU32, Ordering},
    thread,
    time::Duration,
};

use rustix::thread::{LinkNameSpaceType, move_into_link_name_space};

/// What the names of all our namespaces begin with. The id of the process that made them follows.
const PREFIX: &str = "arsenal-test";

/// The hardware address that nobody has.
const NOBODY: &str = "02:00:00:00:de:ad";

/// Tells the networks of one process apart.
static MADE: AtomicU32 = AtomicU32::new(0);

pub(super) struct Namespaces {
    bridge: String,
    nodes: Vec<String>,
    cuts: BTreeSet<(usize, usize)>,
    is_slow: bool,
}

/// Why links cannot be cut here; none where they can.
pub(crate) fn why_there_are_none() -> Option<String> {
    remove_leftovers();
    let probe = format!("{PREFIX}-{}-probe", id());
    let made = run(&["netns", "add", &probe]).and_then(|()| {
        let entered = thread::scope(|scope| {
            let entering = scope.spawn(|| enter(&probe));
            entering.join().unwrap_or_else(|panic| resume_unwind(panic))
        });
        run(&["netns", "del", &probe])?;
        entered
    });
    made.err()
}

/// Whether this kernel can delay what is sent.
pub(crate) fn has_delays() -> bool {
    let network = Namespaces::make(1);
    delayed(&network.nodes[0], Duration::from_millis(1)).is_ok()
}

impl Namespaces {
    pub(super) fn make(nodes: usize) -> Self {
        let name = format!("{PREFIX}-{}-{}", id(), MADE.fetch_add(1, Ordering::Relaxed));
        let bridge = format!("{name}-bridge");
        // Made before anything can fail, so that what was made is removed again.
        let mut made = Self { bridge, nodes: Vec::new(), cuts: BTreeSet::new(), is_slow: false };
        ip(&["netns", "add", &made.bridge]);
        ip(&["-n", &made.bridge, "link", "add", "bridge", "type", "bridge"]);
        ip(&["-n", &made.bridge, "link", "set", "bridge", "up"]);
        for node in 0..nodes {
            let namespace = format!("{name}-{node}");
            ip(&["netns", "add", &namespace]);
            made.nodes.push(namespace);
            made.plug_in(node);
        }
        made
    }

    /// Joins a node to the bridge.
    fn plug_in(&self, node: usize) {
        let (bridge, namespace) = (&self.bridge, &self.nodes[node]);
        let (port, address) = (format!("port{node}"), format!("{}/24", Self::address(node)));
        ip(&[
            "-n", bridge, "link", "add", &port, "type", "veth", "peer", "eth0", "netns", namespace,
        ]);
        ip(&["-n", bridge, "link", "set", &port, "master", "bridge", "up"]);
        ip(&["-n", namespace, "address", "add", &address, "dev", "eth0"]);
        ip(&["-n", namespace, "link", "set", "eth0", "up"]);
        ip(&["-n", namespace, "link", "set", "lo", "up"]);
    }

    /// The address of a node, in its own namespace and in those of the others.
    pub(super) fn address(node: usize) -> Ipv4Addr {
        Ipv4Addr::new(10, 77, 0, u8::try_from(node + 1).expect("a few nodes"))
    }

    /// Does something in the namespace of a node, on a thread that ends with it.
    pub(super) fn inside<T: Send>(&self, node: usize, work: impl FnOnce() -> T + Send) -> T {
        let namespace = &self.nodes[node];
        let done = thread::scope(|scope| {
            let working = scope.spawn(|| {
                enter(namespace).unwrap_or_else(|error| panic!("{namespace}: {error}"));
                work()
            });
            working.join()
        });
        done.unwrap_or_else(|panic| resume_unwind(panic))
    }

    pub(super) fn cut(&mut self, from: usize, to: usize) {
        let address = Self::address(to).to_string();
        let namespace = &self.nodes[from];
        ip(&[
            "-n",
            namespace,
            "neigh",
            "replace",
            &address,
            "lladdr",
            NOBODY,
            "dev",
            "eth0",
            "nud",
            "permanent",
        ]);
        self.cuts.insert((from, to));
    }

    /// Between two nodes only where nobody else is slowed down by it: each of them delays all that it
    /// sends.
    pub(super) fn slow(&mut self, one: usize, other: usize, delay: Duration) {
        for node in [one, other] {
            delayed(&self.nodes[node], delay).expect("the kernel has delays");
        }
        self.is_slow = true;
    }

    pub(super) fn heal(&mut self) {
        for (from, to) in std::mem::take(&mut self.cuts) {
            let address = Self::address(to).to_string();
            ip(&["-n", &self.nodes[from], "neigh", "del", &address, "dev", "eth0"]);
        }
        if std::mem::take(&mut self.is_slow) {
            for namespace in &self.nodes {
                // A node that was not slow has nothing to be removed.
                run_in(namespace, "tc", &["qdisc", "del", "dev", "eth0", "root"]).ok();
            }
        }
    }
}

impl Drop for Namespaces {
    fn drop(&mut self) {
        for namespace in self.nodes.iter().chain([&self.bridge]) {
            if let Err(error) = run(&["netns", "del", namespace]) {
                eprintln!("{namespace} is left behind: {error}");
            }
        }
    }
}

fn delayed(namespace: &str, delay: Duration) -> Result<(), String> {
    let delay = format!("{}ms", delay.as_millis());
    run_in(namespace, "tc", &["qdisc", "replace", "dev", "eth0", "root", "netem", "delay", &delay])
}

/// Moves this thread, and what it starts, into a namespace.
fn enter(namespace: &str) -> Result<(), String> {
    let file =
        File::open(Path::new("/run/netns").join(namespace)).map_err(|error| error.to_string())?;
    move_into_link_name_space(file.as_fd(), Some(LinkNameSpaceType::Network))
        .map_err(|error| error.to_string())
}

/// Removes what a test has left that was killed.
fn remove_leftovers() {
    let listed = Command::new("ip").args(["netns", "list"]).output();
    let listed = listed.map(|output| output.stdout).unwrap_or_default();
    for line in String::from_utf8_lossy(&listed).lines() {
        let name = line.split(' ').next().unwrap_or_default();
        let made_by = name.strip_prefix(PREFIX).and_then(|rest| rest.split('-').nth(1));
        if let Some(made_by) = made_by
            && !Path::new("/proc").join(made_by).exists()
        {
            run(&["netns", "del", name]).ok();
        }
    }
}

#[track_caller]
fn ip(arguments: &[&str]) {
    run(arguments).unwrap_or_else(|error| panic!("ip {}: {error}", arguments.join(" ")));
}

fn run(arguments: &[&str]) -> Result<(), String> {
    end(Command::new("ip").args(arguments))
}

fn run_in(namespace: &str, program: &str, arguments: &[&str]) -> Result<(), String> {
    end(Command::new("ip").args(["netns", "exec", namespace, program]).args(arguments))
}

fn end(command: &mut Command) -> Result<(), String> {
    let output = command.output().map_err(|error| error.to_string())?;
    if output.status.success() {
        Ok(())
    } else {
        Err(String::from_utf8_lossy(&output.stderr).trim().to_owned())
    }
}
