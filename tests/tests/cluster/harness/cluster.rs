//! A cluster of `arsenal serve` processes, each started as its user would.

use std::{
    fs::File,
    io::Write as _,
    net::{Ipv4Addr, SocketAddr},
    os::unix::fs::OpenOptionsExt as _,
    path::{Path, PathBuf},
};

use serde_json::Value;
use tempfile::TempDir;

use super::{Client, Process, ports::Ports, until};

const TOKEN: &str = "ars_0123456789abcdef0123456789abcdef";
const SECRET: &str = "0123456789abcdef0123456789abcdef0123456789abcdef0123456789abcdef";

/// Nodes `a`, `b`, `c`, …, all of them voters. Ended when dropped.
pub(crate) struct Cluster {
    nodes: Vec<Node>,
    /// What each line has beside the rest.
    further: &'static [&'static str],
    ports: Ports,
    /// How the nodes find each other, if not by `--join`.
    discover: Option<String>,
    // Last: the nodes must be gone before their folders.
    folder: TempDir,
}

struct Node {
    name: String,
    client: Client,
    process: Option<Process>,
}

impl Cluster {
    /// Starts nodes and waits until each knows all about all others.
    pub(crate) fn start(count: u16) -> Self {
        Self::start_all_with(count, &[])
    }

    /// Nodes with further flags.
    pub(crate) fn start_all_with(count: u16, further: &'static [&'static str]) -> Self {
        let mut cluster = Self { further, ..Self::planned(count) };
        for node in cluster.names() {
            cluster.start_node(&node);
        }
        cluster.until_whole();
        cluster
    }

    /// One node, with further flags, of which nothing is waited for.
    pub(crate) fn start_with(further: &'static [&'static str]) -> Self {
        let mut cluster = Self { further, ..Self::planned(1) };
        cluster.start_node("a");
        until("the node serves HTTP", || {
            let answer = cluster.node("a").request("GET", "/readyz").try_send();
            let answer = answer.map_err(|error| error.to_string())?;
            if answer.status == 200 { Ok(()) } else { Err(answer.text()) }
        });
        cluster
    }

    /// Starts nothing yet.
    pub(crate) fn planned(count: u16) -> Self {
        let folder = tempfile::Builder::new().prefix("arsenal-e2e-").tempdir().unwrap();
        for (name, text) in [("token", TOKEN), ("secret", SECRET)] {
            let mut private = File::options();
            private.write(true).create_new(true).mode(0o600);
            private.open(folder.path().join(name)).unwrap().write_all(text.as_bytes()).unwrap();
        }
        let ports = Ports::take();
        let node = |(index, letter): (u16, char)| Node {
            name: letter.to_string(),
            client: Client::new(ports.http(index), TOKEN),
            process: None,
        };
        let nodes = (0..count).zip('a'..).map(node).collect();
        Self { nodes, further: &[], ports, discover: None, folder }
    }

    /// Starts nothing yet. The nodes know nobody's address; they look where this says, given the folder
    /// of the cluster.
    pub(crate) fn discovering(count: u16, discover: impl FnOnce(&Path) -> String) -> Self {
        let planned = Self::planned(count);
        let discover = Some(discover(planned.folder()));
        Self { discover, ..planned }
    }

    /// A folder that ends with the cluster.
    pub(crate) fn folder(&self) -> &Path {
        self.folder.path()
    }

    /// Where a node listens for others.
    pub(crate) fn address(&self, name: &str) -> String {
        format!("127.0.0.1:{}", self.ports.listen(u16::try_from(self.index(name)).unwrap()))
    }

    pub(crate) fn names(&self) -> Vec<String> {
        self.nodes.iter().map(|node| node.name.clone()).collect()
    }

    /// A client of a node, which need not live.
    pub(crate) fn node(&self, name: &str) -> &Client {
        &self.nodes[self.index(name)].client
    }

    pub(crate) fn process(&self, name: &str) -> &Process {
        self.nodes[self.index(name)].process.as_ref().expect("the node runs")
    }

    /// Starts a node with its own line, always the same.
    pub(crate) fn start_node(&mut self, name: &str) {
        let arguments = self.arguments(self.index(name));
        self.launch(name, &arguments);
    }

    /// Starts a node with other voters than all nodes.
    pub(crate) fn start_with_voters(&mut self, name: &str, voters: &str) {
        let mut arguments = self.arguments(self.index(name));
        let flag = arguments.iter().position(|argument| argument == "--voters").unwrap();
        voters.clone_into(&mut arguments[flag + 1]);
        self.launch(name, &arguments);
    }

    /// Starts a node with other secrets: the one that it uses, and one that it hears, too, if any.
    pub(crate) fn start_with_secrets(&mut self, name: &str, uses: &Path, hears: Option<&Path>) {
        let mut arguments = self.arguments(self.index(name));
        let flag = arguments.iter().position(|argument| argument == "--secret-file").unwrap();
        arguments[flag + 1] = uses.display().to_string();
        if let Some(hears) = hears {
            arguments.extend([String::from("--accept-secret-file"), hears.display().to_string()]);
        }
        self.launch(name, &arguments);
    }

    fn launch(&mut self, name: &str, arguments: &[String]) {
        let index = self.index(name);
        self.nodes[index].process =
            Some(Process::start(arguments, self.folder.path(), &format!("node-{name}")));
    }

    /// Where a node serves other nodes: frames over TCP, gossip over UDP.
    pub(crate) fn listen(&self, name: &str) -> SocketAddr {
        let number = u16::try_from(self.index(name)).unwrap();
        (Ipv4Addr::LOCALHOST, self.ports.listen(number)).into()
    }

    /// `kill -9`.
    pub(crate) fn kill(&mut self, name: &str) {
        let index = self.index(name);
        self.nodes[index].process.take().expect("the node runs").kill();
    }

    /// `kill -TERM`, and waits until it has ended by itself.
    pub(crate) fn terminate(&mut self, name: &str) {
        let index = self.index(name);
        let mut process = self.nodes[index].process.take().expect("the node runs");
        process.signal("TERM");
        assert_eq!(process.exit_code(), Some(0));
    }

    /// `kill -STOP`, and waits until it stands still.
    pub(crate) fn freeze(&self, name: &str) {
        let process = self.process(name);
        process.signal("STOP");
        until("the node stands still", || process.is_stopped());
    }

    /// `kill -CONT`.
    pub(crate) fn thaw(&self, name: &str) {
        self.process(name).signal("CONT");
    }

    /// Waits until every node that runs sees every node up and can decide.
    pub(crate) fn until_whole(&self) {
        for node in &self.nodes {
            until(&format!("{} sees the whole cluster", node.name), || self.sees_all(node));
        }
    }

    /// What one node says of another in its topology.
    pub(crate) fn seen(&self, by: &str, name: &str) -> Value {
        let topology = self.node(by).get("/api/v1/cluster/topology").ok(200);
        let nodes = topology["nodes"].as_array().unwrap();
        nodes.iter().find(|node| node["name"] == name).cloned().expect("the node is listed")
    }

    /// Waits until a node sees another in one of these states.
    pub(crate) fn until_seen(&self, by: &str, name: &str, states: &[&str]) -> Value {
        until(&format!("{by} sees {name} {states:?}"), || {
            let seen = self.seen(by, name);
            let status = seen["status"].as_str().unwrap_or_default().to_owned();
            if states.contains(&status.as_str()) { Ok(seen) } else { Err(status) }
        })
    }

    fn sees_all(&self, node: &Node) -> Result<(), String> {
        let ready = node.client.request("GET", "/readyz").try_send();
        let ready = ready.map_err(|error| error.to_string())?;
        let status = node.client.get("/api/v1/cluster/status").text();
        let topology = node.client.get("/api/v1/cluster/topology").json();
        let seen = topology["nodes"].as_array().ok_or("no nodes")?;
        let is_known = |one: &Value| one["status"] == "up" && one["os_process"].is_u64();
        let is_whole = status.contains(r#""verdict":"whole""#) || self.nodes.len() == 1;
        if ready.status == 200
            && is_whole
            && seen.len() == self.nodes.len()
            && seen.iter().all(is_known)
        {
            Ok(())
        } else {
            Err(format!("{status} {topology}"))
        }
    }

    fn index(&self, name: &str) -> usize {
        self.nodes.iter().position(|node| node.name == name).expect("the cluster has the node")
    }

    fn arguments(&self, index: usize) -> Vec<String> {
        let at = |port: u16| format!("127.0.0.1:{port}");
        let path = |name: &str| -> PathBuf { self.folder.path().join(name) };
        let number = u16::try_from(index).unwrap();
        let name = &self.nodes[index].name;
        let mut pairs = vec![
            ("--name", name.clone()),
            ("--listen", at(self.ports.listen(number))),
            ("--http", at(self.ports.http(number))),
            ("--voters", self.names().join(",")),
            ("--secret-file", path("secret").display().to_string()),
            ("--token-file", path("token").display().to_string()),
            ("--data-dir", path(name).display().to_string()),
        ];
        let count = u16::try_from(self.nodes.len()).unwrap();
        let others = (0..count).filter(|other| *other != number);
        match &self.discover {
            Some(discover) => pairs.push(("--discover", discover.clone())),
            None => pairs.extend(others.map(|other| ("--join", at(self.ports.listen(other))))),
        }
        let pairs = pairs.into_iter().flat_map(|(flag, value)| [flag.to_owned(), value]);
        let further = self.further.iter().map(|text| (*text).to_owned());
        std::iter::once(String::from("serve")).chain(pairs).chain(further).collect()
    }
}
