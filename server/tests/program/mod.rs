//! Starts the program, asks it, and ends it whatever the test came to.

use std::{
    io::{Read as _, Write as _},
    net::{TcpListener, TcpStream},
    process::{Child, Command, Stdio},
    time::Duration,
};

/// How long anything may take here.
const PATIENCE: Duration = Duration::from_secs(30);

/// A running program; killed when dropped.
pub(crate) struct Program {
    child: Child,
}

impl Program {
    pub(crate) fn start(arguments: &[&str]) -> Self {
        Self::start_with_errors_to(Stdio::piped(), arguments)
    }

    /// What it says on standard error goes elsewhere.
    pub(crate) fn start_with_errors_to(errors: Stdio, arguments: &[&str]) -> Self {
        let child = Command::new(env!("CARGO_BIN_EXE_arsenal"))
            .args(arguments)
            .stdin(Stdio::null())
            .stdout(Stdio::null())
            .stderr(errors)
            .spawn()
            .unwrap();
        Self { child }
    }

    /// Asks it to end.
    pub(crate) fn terminate(&self) {
        let id = self.child.id().to_string();
        assert!(Command::new("kill").args(["-TERM", &id]).status().unwrap().success());
    }

    /// Ends it without asking.
    pub(crate) fn kill(&mut self) {
        self.child.kill().unwrap();
    }

    /// Waits for its end; `None` if a signal ended it.
    pub(crate) fn exit_code(&mut self) -> Option<i32> {
        until("the program ended", || self.child.try_wait().unwrap().is_some());
        self.child.wait().unwrap().code()
    }

    /// What it said before its end.
    pub(crate) fn errors(&mut self) -> String {
        let mut text = String::new();
        self.child.stderr.take().unwrap().read_to_string(&mut text).unwrap();
        text
    }
}

impl Drop for Program {
    fn drop(&mut self) {
        drop(self.child.kill());
        drop(self.child.wait());
    }
}

/// The whole answer to a GET; empty where nobody listens.
pub(crate) fn get(port: u16, path: &str) -> String {
    request(port, &format!("GET {path} HTTP/1.1\r\nhost: localhost\r\nconnection: close\r\n\r\n"))
}

/// The whole answer to a request; empty where nobody listens.
pub(crate) fn request(port: u16, text: &str) -> String {
    let mut answer = String::new();
    if let Ok(mut stream) = TcpStream::connect(("127.0.0.1", port)) {
        stream.set_read_timeout(Some(PATIENCE)).unwrap();
        if stream.write_all(text.as_bytes()).is_ok() {
            drop(stream.read_to_string(&mut answer));
        }
    }
    answer
}

/// Ports that nobody uses now.
pub(crate) fn free_ports<const COUNT: usize>() -> [u16; COUNT] {
    let listeners = [(); COUNT].map(|()| TcpListener::bind("127.0.0.1:0").unwrap());
    listeners.map(|listener| listener.local_addr().unwrap().port())
}

/// Two first ports of which the next `length - 1` are free, too.
pub(crate) fn free_ranges(length: u16) -> [u16; 2] {
    let is_free = |first: u16| {
        first.checked_add(length).is_some_and(|end| {
            (first..end).all(|port| TcpListener::bind(("127.0.0.1", port)).is_ok())
        })
    };
    let far_apart = |[one, other]: &[u16; 2]| one.abs_diff(*other) >= length;
    std::iter::repeat_with(free_ports::<2>)
        .take(1000)
        .filter(far_apart)
        .find(|[one, other]| is_free(*one) && is_free(*other))
        .expect("a machine has free ports")
}

/// Waits for a state, with a bound.
#[expect(clippy::disallowed_methods, reason = "no runtime and no simulation here: real processes")]
pub(crate) fn until(what: &str, mut is_so: impl FnMut() -> bool) {
    let start = std::time::Instant::now();
    while !is_so() {
        assert!(start.elapsed() < PATIENCE, "waited in vain until {what}");
        std::thread::sleep(Duration::from_millis(20));
    }
}
