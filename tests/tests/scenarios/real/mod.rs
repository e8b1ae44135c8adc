//! Real processes as a stage: `arsenal serve`, real sockets, real signals, the clock on the wall.

#![expect(clippy::disallowed_methods, reason = "no runtime and no simulation: real processes")]

mod ground;
#[cfg_attr(not(target_os = "linux"), path = "namespaces_elsewhere.rs")]
mod namespaces;

use std::{
    fs::File,
    io::Write as _,
    os::unix::fs::OpenOptionsExt as _,
    thread::sleep,
    time::{Duration, Instant},
};

use tempfile::TempDir;

use self::ground::Ground;
pub(crate) use self::namespaces::{has_delays, why_there_are_none};
use crate::{
    harness::{Client, Process, until},
    stage::{Answer, Kind, Plan, Request, Stage},
};

const TOKEN: &str = "ars_0123456789abcdef0123456789abcdef";
const SECRET: &str = "0123456789abcdef0123456789abcdef0123456789abcdef0123456789abcdef";

pub(crate) struct Real {
    // First: nodes end before their folders and their namespaces.
    nodes: Vec<RealNode>,
    ground: Ground,
    folder: TempDir,
    began: Instant,
}

struct RealNode {
    plan: Plan,
    process: Option<Process>,
}

impl Real {
    /// On loopback, or, where links are to be cut, with a network namespace for each node.
    pub(crate) fn new(plans: &[Plan], has_namespaces: bool) -> Self {
        let folder = tempfile::Builder::new().prefix("arsenal-scenario-").tempdir().unwrap();
        for (name, text) in [("token", TOKEN), ("secret", SECRET)] {
            let mut private = File::options();
            private.write(true).create_new(true).mode(0o600);
            private.open(folder.path().join(name)).unwrap().write_all(text.as_bytes()).unwrap();
        }
        let nodes = plans.iter().map(|plan| RealNode { plan: plan.clone(), process: None });
        Self {
            nodes: nodes.collect(),
            ground: Ground::prepare(plans.len(), has_namespaces),
            folder,
            began: Instant::now(),
        }
    }

    fn process(&mut self, node: usize) -> &mut Process {
        self.nodes[node].process.as_mut().expect("the node runs")
    }

    fn arguments(&self, node: usize) -> Vec<String> {
        let plan = &self.nodes[node].plan;
        let path = |name: &str| self.folder.path().join(name).display().to_string();
        let listen = |node: usize| self.ground.listen(node).to_string();
        let mut arguments: Vec<String> = [
            ("--name", plan.name.to_owned()),
            ("--listen", listen(node)),
            ("--http", self.ground.http(node).to_string()),
            ("--secret-file", path("secret")),
            ("--token-file", path("token")),
            ("--data-dir", path(plan.label)),
        ]
        .into_iter()
        .flat_map(|(flag, value)| [flag.to_owned(), value])
        .collect();
        for label in &plan.joins {
            let joined = self.nodes.iter().position(|node| node.plan.label == *label);
            let joined = joined.expect("who is joined is planned");
            arguments.extend([String::from("--join"), listen(joined)]);
        }
        if !plan.voters.is_empty() {
            arguments.extend([String::from("--voters"), plan.voters.join(",")]);
        }
        if plan.is_observer {
            arguments.push(String::from("--observer"));
        }
        if !self.ground.listen(node).ip().is_loopback() {
            arguments.push(String::from("--insecure-bind"));
        }
        std::iter::once(String::from("serve")).chain(arguments).collect()
    }
}

impl Stage for Real {
    fn kind(&self) -> Kind {
        Kind::Real
    }

    fn start(&mut self, node: usize) {
        let (arguments, folder) = (self.arguments(node), self.folder.path());
        let label = format!("node-{}", self.nodes[node].plan.label);
        let process = self.ground.inside(node, || Process::start(&arguments, folder, &label));
        self.nodes[node].process = Some(process);
        // What is asked from now on is answered.
        let ready = Request::get("/healthz");
        until(&format!("{label} serves HTTP"), || {
            let answer = self.ask(node, &ready).ok_or_else(|| String::from("it does not"))?;
            if answer.status == 200 { Ok(()) } else { Err(answer.to_string()) }
        });
    }

    fn leave(&mut self, node: usize) {
        let process = self.process(node);
        process.signal("TERM");
        assert_eq!(process.exit_code(), Some(0), "it ends by itself");
        self.nodes[node].process = None;
    }

    fn kill(&mut self, node: usize) {
        self.process(node).kill();
        self.nodes[node].process = None;
    }

    fn freeze(&mut self, node: usize) {
        let process = self.process(node);
        process.signal("STOP");
        until("the node stands still", || process.is_stopped());
    }

    fn thaw(&mut self, node: usize) {
        self.process(node).signal("CONT");
    }

    fn cut(&mut self, from: usize, to: usize) {
        self.ground.cut(from, to);
    }

    fn heal(&mut self) {
        self.ground.heal();
    }

    fn slow(&mut self, one: usize, other: usize, delay: Duration) {
        self.ground.slow(one, other, delay);
    }

    fn ask(&mut self, node: usize, request: &Request) -> Option<Answer> {
        let port = self.ground.http(node).port();
        let answer = self.ground.inside(node, || send(port, request))?;
        Some(Answer {
            status: answer.status,
            is_stale: answer.header("arsenal-stale") == "true",
            is_partial: answer.header("arsenal-partial") == "true",
            body: serde_json::from_slice(&answer.body).unwrap_or_default(),
        })
    }

    fn now(&self) -> Duration {
        self.began.elapsed()
    }

    fn pass(&mut self, time: Duration) {
        sleep(time);
    }
}

fn send(port: u16, request: &Request) -> Option<crate::harness::Answer> {
    let client = Client::new(port, TOKEN);
    let mut asked = client.request(request.method, &request.path).with_token();
    if let Some(deadline) = request.deadline {
        asked = asked.deadline_ms(deadline.as_millis().try_into().expect("a short time"));
    }
    if let Some(body) = &request.body {
        asked = asked.json(body);
    }
    asked.try_send().ok()
}
