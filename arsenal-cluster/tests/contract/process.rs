//! The world of real processes, and the children that live in it.

use std::{
    fs,
    io::{BufRead as _, BufReader, Read as _},
    net::SocketAddr,
    path::Path,
    process::{Child, Command, Stdio},
    sync::Arc,
    time::Duration,
};

use arsenal_cluster::{
    endpoint::UNREAD_BYTES_MAX,
    network::{
        DatagramKey, Network as _, PeerId, WantedPeer,
        ractor::{ClusterSecret, ClusterTls, RactorConfig, RactorNetwork},
    },
};
use tokio::time::Instant;

use super::{
    given,
    node::TestNode,
    ractor, streams, suite,
    tls::{self, Certificates},
    world::World,
};

/// What a child is: `a CHECK`, or `peer ID LISTEN SECRET WANTED`, then perhaps `FOLDER NAME` of its
/// certificate; or `given ID LISTEN WANTED CONNECTS_TO`, or `outsider CONNECTS_TO`.
const ROLE: &str = "ARSENAL_CONTRACT_ROLE";

/// How long one check may take.
const CHECK_MAX: Duration = Duration::from_mins(1);

pub(crate) const SECRET: u8 = 7;

/// Runs a check as node `a` in a child, and fails as it does.
pub(crate) fn check(name: &str) {
    let mut child = Running(command(&format!("a {name}")).spawn().unwrap());
    let (ended, end) = std::sync::mpsc::channel();
    let mut output = child.0.stdout.take().unwrap();
    let reader = std::thread::spawn(move || {
        let mut text = String::new();
        output.read_to_string(&mut text).ok();
        ended.send(()).ok();
        text
    });
    let is_over = end.recv_timeout(CHECK_MAX).is_ok();
    if !is_over {
        child.0.kill().unwrap();
    }
    let status = child.0.wait().unwrap();
    let printed = reader.join().unwrap();
    assert!(is_over && status.success(), "{name}: {status}\n{printed}");
    println!("{printed}");
}

/// What a child does.
pub(crate) fn child() {
    let role = std::env::var(ROLE).expect("only started by the checks");
    end_with_stdin();
    let runtime = tokio::runtime::Builder::new_multi_thread().enable_all().build().unwrap();
    let words: Vec<&str> = role.split(' ').collect();
    match words[..] {
        ["a", name] => runtime.block_on(run(name)),
        ["peer", id, listen, secret, wanted] => {
            runtime.block_on(peer(id, listen, secret, wanted, None));
        }
        ["peer", id, listen, secret, wanted, folder, name] => {
            let tls = tls::of(folder.as_ref(), name);
            runtime.block_on(peer(id, listen, secret, wanted, Some(tls)));
        }
        ["given", id, listen, wanted, connects_to] => {
            runtime.block_on(given::peer(id, listen, wanted, connects_to));
        }
        ["encrypted", id, connects_to, folder] => {
            runtime.block_on(given::encrypted_peer(id, connects_to, folder));
        }
        ["outsider", other] => runtime.block_on(given::outsider(other)),
        _ => panic!("no such role: {role}"),
    }
}

async fn run(check: &str) {
    match check {
        "own_name" => return ractor::own_name().await,
        "other_secret" => return ractor::other_secret().await,
        "at_once" => return ractor::at_once().await,
        "strangers" => return ractor::strangers().await,
        "opening" => return ractor::opening().await,
        "aliases" => return ractor::aliases().await,
        "twins" => return ractor::twins().await,
        "tls_refusals" => return tls::refusals().await,
        "tls_from_plain" => return tls::from_plain().await,
        "name_held" => return ractor::name_held().await,
        "lent" => return given::lent().await,
        "lent_encrypted" => return given::lent_encrypted().await,
        "outsiders" => return given::outsiders().await,
        "uncertified" => return given::uncertified().await,
        "closing" => return given::closing().await,
        "both_dial" => return given::both_dial().await,
        _ => {}
    }
    let (check, sort) = if let Some(check) = check.strip_prefix("tls-") {
        (check, Sort::Encrypted(Certificates::new(&["a", "b"])))
    } else if let Some(check) = check.strip_prefix("given-") {
        (check, Sort::Given(given::Program::start("a").await))
    } else {
        (check, Sort::Plain)
    };
    let mut world = Processes::start(sort).await;
    world.meet().await;
    match check {
        "calls" => suite::calls(&world).await,
        "many_calls" => suite::many_calls(&world).await,
        "datagrams" => suite::datagrams(&world).await,
        "bounded" => suite::bounded(&world).await,
        "sizes" => suite::sizes(&world).await,
        "reset" => suite::reset(&world).await,
        "old_frames" => suite::old_frames(&world).await,
        "unwanted" => suite::unwanted(&world).await,
        "stale" => suite::stale(&mut world).await,
        "frozen" => suite::frozen(&mut world).await,
        "frozen_bytes" => frozen_bytes(&mut world).await,
        "restarted" => suite::restarted(&mut world).await,
        "streams" => streams::streams(&world).await,
        "dropped_streams" => streams::dropped(&world).await,
        "slow_reader" => streams::slow_reader(&world).await,
        "pages_and_calls" => streams::pages_and_calls(&world).await,
        "bounded_streams" => streams::bounded(&world).await,
        "reset_streams" => streams::reset(&world).await,
        "frozen_streams" => streams::frozen(&mut world).await,
        // Nobody is left to part from.
        "attempts" => return suite::attempts(&mut world).await,
        "killed" => return suite::killed(&mut world).await,
        "killed_streams" => return streams::killed(&mut world).await,
        _ => panic!("no such check: {check}"),
    }
    world.part().await;
}

/// How much more memory this process may take while a peer is frozen: what is on its way to it, which is
/// copied twice on its way to the socket.
const FROZEN_MEMORY_MAX: u64 = 4 * UNREAD_BYTES_MAX;

async fn frozen_bytes(world: &mut Processes) {
    let before = resident_bytes();
    suite::frozen_bytes(world).await;
    let (Some(before), Some(after)) = (before, resident_bytes()) else { return };
    let grown = after.saturating_sub(before);
    println!("grown by {} MiB", grown >> 20);
    assert!(grown <= FROZEN_MEMORY_MAX, "grown by {grown} bytes");
}

/// The resident memory of this process, where there is `/proc`.
fn resident_bytes() -> Option<u64> {
    let status = fs::read_to_string("/proc/self/status").ok()?;
    let line = status.lines().find(|line| line.starts_with("VmHWM:"))?;
    Some(line.split_whitespace().nth(1)?.parse::<u64>().ok()? << 10)
}

/// A peer answers until its standard input ends.
async fn peer(id: &str, listen: &str, secret: &str, wanted: &str, tls: Option<ClusterTls>) {
    let network = open_with(id, listen.parse().unwrap(), secret.parse().unwrap(), tls).await;
    let address = network.me().address;
    let node = TestNode::start(network);
    node.network_want(vec![WantedPeer { address: wanted.parse().unwrap(), id: None }]);
    println!("listening {address}");
    std::future::pending::<()>().await;
}

pub(crate) async fn open(id: &str, listen: SocketAddr, secret: u8) -> Arc<RactorNetwork> {
    open_with(id, listen, secret, None).await
}

pub(crate) async fn open_with(
    id: &str,
    listen: SocketAddr,
    secret: u8,
    tls: Option<ClusterTls>,
) -> Arc<RactorNetwork> {
    let config = RactorConfig {
        id: id.parse().unwrap(),
        listen,
        advertise: None,
        server: ClusterSecret::new([secret; 32]).into(),
        datagrams: DatagramKey::new([secret; 32]).into(),
        tls,
    };
    RactorNetwork::open(config).await.unwrap()
}

/// Node `a` in this process, `b` in another.
struct Processes {
    a: TestNode,
    b: Peer,
    sort: Sort,
}

/// What the nodes have.
enum Sort {
    Plain,
    Encrypted(Certificates),
    /// Each is part of a program with a node server.
    Given(given::Program),
}

impl Sort {
    async fn open_a(&self) -> Arc<RactorNetwork> {
        let listen = ([127, 0, 0, 1], 0).into();
        match self {
            Self::Plain => open("a#1", listen, SECRET).await,
            Self::Encrypted(certificates) => {
                open_with("a#1", listen, SECRET, Some(tls::of(certificates.path(), "a"))).await
            }
            Self::Given(program) => program.open("a#1", listen).await,
        }
    }

    fn start_b(&self, id: &str, listen: SocketAddr, a: SocketAddr) -> Peer {
        match self {
            Self::Plain => Peer::start(id, listen, SECRET, a),
            Self::Encrypted(certificates) => {
                Peer::start_with(id, listen, SECRET, a, Some((certificates.path(), "b")))
            }
            Self::Given(_) => Peer::start_as(id, &format!("given {id} {listen} {a} nobody")),
        }
    }
}

impl Processes {
    async fn start(sort: Sort) -> Self {
        let network = sort.open_a().await;
        let a_address = network.me().address;
        let a = TestNode::start(network);
        let b = sort.start_b("b#1", ([127, 0, 0, 1], 0).into(), a_address);
        Self { a, b, sort }
    }
}

impl World for Processes {
    fn a(&self) -> &TestNode {
        &self.a
    }
    fn b(&self) -> &PeerId {
        &self.b.id
    }
    fn wanted_b(&self) -> WantedPeer {
        self.b.wanted()
    }
    fn freeze_b(&mut self) {
        self.b.freeze();
    }
    fn thaw_b(&mut self) {
        self.b.thaw();
    }
    fn kill_b(&mut self) {
        self.b.process.end();
    }
    fn restart_b(&mut self) {
        let id = format!("{}#{}", self.b.id.name, self.b.id.generation + 1);
        let a = self.a.network.me().address;
        self.b = self.sort.start_b(&id, self.b.address, a);
    }
}

/// A node in another process.
pub(crate) struct Peer {
    pub(crate) id: PeerId,
    pub(crate) address: SocketAddr,
    process: Running,
    /// Thaws the process when its standard input ends; so also when this process is killed.
    watchdog: Option<Child>,
}

impl Peer {
    pub(crate) fn start(id: &str, listen: SocketAddr, secret: u8, wanted: SocketAddr) -> Self {
        Self::start_with(id, listen, secret, wanted, None)
    }

    /// With the certificate of that name in that folder.
    pub(crate) fn start_with(
        id: &str,
        listen: SocketAddr,
        secret: u8,
        wanted: SocketAddr,
        shown: Option<(&Path, &str)>,
    ) -> Self {
        let shown = shown
            .map_or_else(String::new, |(folder, name)| format!(" {} {name}", folder.display()));
        Self::start_as(id, &format!("peer {id} {listen} {secret} {wanted}{shown}"))
    }

    /// A child that says where it listens.
    pub(crate) fn start_as(id: &str, role: &str) -> Self {
        let mut process = Running(command(role).spawn().unwrap());
        let mut lines = BufReader::new(process.0.stdout.take().unwrap()).lines();
        let address = lines
            .find_map(|line| Some(line.unwrap().split_once("listening ")?.1.parse().unwrap()))
            .expect("the peer did not start");
        // Read on, or its output would block it.
        std::thread::spawn(move || lines.for_each(drop));
        Self { id: id.parse().unwrap(), address, process, watchdog: None }
    }

    pub(crate) const fn wanted(&self) -> WantedPeer {
        WantedPeer { address: self.address, id: None }
    }

    pub(crate) fn freeze(&mut self) {
        let pid = self.process.0.id();
        let mut watchdog = Command::new("sh");
        watchdog.args(["-c", &format!("read end; kill -CONT {pid}")]).stdin(Stdio::piped());
        self.watchdog = Some(watchdog.spawn().unwrap());
        let stopped = Command::new("kill").args(["-STOP", &pid.to_string()]).status();
        assert!(stopped.unwrap().success());
        until_stopped(pid);
    }

    pub(crate) fn thaw(&mut self) {
        let mut watchdog = self.watchdog.take().expect("only the frozen is thawed");
        drop(watchdog.stdin.take());
        assert!(watchdog.wait().unwrap().success());
    }
}

/// `kill` returns when the signal is sent; a busy machine lets the threads run on for a while. Where there
/// is no `/proc` it is taken for stopped.
fn until_stopped(pid: u32) {
    let begun = Instant::now();
    let is_stopped = |task: &Path| {
        let stat = fs::read_to_string(task.join("stat")).unwrap_or_default();
        stat.rsplit(')').next().is_some_and(|rest| rest.trim_start().starts_with('T'))
    };
    let tasks = || fs::read_dir(format!("/proc/{pid}/task")).into_iter().flatten().flatten();
    while !tasks().all(|task| is_stopped(&task.path())) {
        assert!(begun.elapsed() < Duration::from_secs(5), "process {pid} does not stop");
        std::thread::yield_now();
    }
}

/// A process that ends with its owner.
struct Running(Child);

impl Running {
    fn end(&mut self) {
        self.0.kill().ok();
        self.0.wait().ok();
    }
}

impl Drop for Running {
    fn drop(&mut self) {
        self.end();
    }
}

/// This binary again, as a child of that role.
fn command(role: &str) -> Command {
    let mut command = Command::new(std::env::current_exe().unwrap());
    command
        .args(["--exact", "checks::child", "--ignored", "--nocapture"])
        .env(ROLE, role)
        .stdin(Stdio::piped())
        .stdout(Stdio::piped());
    command
}

/// Whoever started this process holds the other end, and lets it go when it ends.
#[expect(clippy::exit, reason = "the runtime may be busy with anything")]
fn end_with_stdin() {
    std::thread::spawn(|| {
        std::io::stdin().read_to_end(&mut Vec::new()).ok();
        std::process::exit(1);
    });
}
