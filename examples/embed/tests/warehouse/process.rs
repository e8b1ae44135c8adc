//! Two nodes of the warehouse, each a process, and requests to them.

use std::{
    fs,
    net::{SocketAddr, TcpListener, TcpStream},
    path::{Path, PathBuf},
    process::{Child, Command, Stdio},
    rc::Rc,
    time::Duration,
};

use tokio::time::{Instant, sleep};

/// Long enough for whatever has to come.
const SOON: Duration = Duration::from_secs(20);

/// A node. Its process ends with it.
pub(crate) struct Node {
    process: Child,
    http: SocketAddr,
    folder: PathBuf,
    /// Of both nodes; removed with the last one.
    _files: Rc<tempfile::TempDir>,
}

/// Where a node listens for others.
#[derive(Clone, Copy)]
struct Place {
    name: &'static str,
    program: SocketAddr,
    arsenal: SocketAddr,
}

/// Starts nodes `a` and `b`, of which `b` connects to `a`, and waits until both serve.
pub(crate) async fn two_nodes(program: &str) -> [Node; 2] {
    let files = Rc::new(tempfile::tempdir().unwrap());
    write_private(&files.path().join("secret"), &"5a".repeat(32));
    let place = |name| Place { name, program: free_address(), arsenal: free_address() };
    let (a, b) = (place("a"), place("b"));
    let first = Node::start(program, &files, a, b, &[]).await;
    // Node servers number their sessions from zero, and a group takes a second mirror with the numbers of
    // the first for the same. So that no second server could hide, the sessions of `a` begin with one.
    drop(TcpStream::connect(a.program).unwrap());
    let second = Node::start(program, &files, b, a, &["--peer", &a.program.to_string()]).await;
    [first, second]
}

impl Node {
    async fn start(
        program: &str,
        files: &Rc<tempfile::TempDir>,
        at: Place,
        other: Place,
        more: &[&str],
    ) -> Self {
        let http = free_address();
        let folder = files.path().join(at.name);
        let process = Command::new(program)
            .args(["--name", at.name, "--cookie", "cookie of the warehouse"])
            .args(["--http", &http.to_string(), "--listen", &at.program.to_string()])
            .args(more)
            .env("ARSENAL_LISTEN", at.arsenal.to_string())
            .env("ARSENAL_JOIN", other.arsenal.to_string())
            .env("ARSENAL_DATA_DIR", &folder)
            .env("ARSENAL_SECRET_FILE", files.path().join("secret"))
            .env("ARSENAL_VOTERS", "a,b")
            .stdout(Stdio::null())
            .spawn()
            .unwrap();
        let node = Self { process, http, folder, _files: Rc::clone(files) };
        until(|| node.try_send("GET", "/packers", &[]).is_some(), "a node serves").await;
        node
    }

    pub(crate) fn get(&self, path: &str) -> (u16, String) {
        self.send("GET", path, None)
    }

    /// With these credentials, if there are any.
    pub(crate) fn send(
        &self,
        method: &str,
        path: &str,
        credentials: Option<&str>,
    ) -> (u16, String) {
        let headers: Vec<_> = credentials.map(|it| ("authorization", it)).into_iter().collect();
        self.try_send(method, path, &headers).expect("an answer")
    }

    /// As somebody who takes this machine for another.
    pub(crate) fn ask_as(&self, host: &str, path: &str) -> (u16, String) {
        self.try_send("GET", path, &[("host", host)]).expect("an answer")
    }

    /// The token that was made at the first start.
    pub(crate) fn token(&self) -> String {
        fs::read_to_string(self.folder.join("token")).unwrap().trim().to_owned()
    }

    /// As Ctrl-C does.
    pub(crate) fn interrupt(&mut self) {
        let pid = self.process.id().to_string();
        assert!(Command::new("kill").args(["-INT", &pid]).status().unwrap().success());
        let status = self.process.wait().unwrap();
        assert!(status.success(), "{status}");
    }

    fn try_send(
        &self,
        method: &str,
        path: &str,
        headers: &[(&str, &str)],
    ) -> Option<(u16, String)> {
        let agent: ureq::Agent = ureq::Agent::config_builder()
            .timeout_global(Some(SOON))
            .http_status_as_error(false)
            .allow_non_standard_methods(true)
            .build()
            .into();
        let mut request = ureq::http::Request::builder()
            .method(method)
            .uri(format!("http://{}{path}", self.http));
        for (name, value) in headers {
            request = request.header(*name, *value);
        }
        let mut response = agent.run(request.body(()).unwrap()).ok()?;
        Some((response.status().as_u16(), response.body_mut().read_to_string().unwrap()))
    }
}

impl Drop for Node {
    fn drop(&mut self) {
        // It may have ended by itself.
        self.process.kill().ok();
        self.process.wait().ok();
    }
}

/// Waits until something holds.
pub(crate) async fn until(mut holds: impl FnMut() -> bool, what: &str) {
    let begun = Instant::now();
    while !holds() {
        assert!(begun.elapsed() < SOON, "not in time: {what}");
        sleep(Duration::from_millis(20)).await;
    }
}

fn free_address() -> SocketAddr {
    TcpListener::bind("127.0.0.1:0").unwrap().local_addr().unwrap()
}

/// For its owner only: others are refused.
fn write_private(path: &Path, text: &str) {
    use std::{io::Write as _, os::unix::fs::OpenOptionsExt as _};
    let mut file = fs::File::options().write(true).create_new(true).mode(0o600).open(path).unwrap();
    file.write_all(text.as_bytes()).unwrap();
}
