//! The program as its user runs it: the operation is served and documented, and nothing but the
//! annotated function says so.

#![expect(clippy::unwrap_used, reason = "a test ends where something is missing")]

use std::{
    io::{BufRead as _, BufReader},
    net::TcpListener,
    process::{Child, Command, Stdio},
    time::Duration,
};

use serde_json::Value;

/// A node that ends with the test.
struct Node {
    process: Child,
    http: String,
    _folder: tempfile::TempDir,
}

impl Drop for Node {
    fn drop(&mut self) {
        // It may have ended by itself; then there is nothing to kill.
        self.process.kill().ok();
        self.process.wait().ok();
    }
}

/// Starts the program and waits until it says where it serves.
fn start() -> Node {
    let folder = tempfile::tempdir().unwrap();
    let http = TcpListener::bind("127.0.0.1:0").unwrap().local_addr().unwrap();
    let listen = TcpListener::bind("127.0.0.1:0").unwrap().local_addr().unwrap();
    let mut process = Command::new(env!("CARGO_BIN_EXE_custom-operation"))
        .args(["serve", "--http", &http.to_string(), "--listen", &listen.to_string()])
        .arg("--data-dir")
        .arg(folder.path())
        .stderr(Stdio::piped())
        .spawn()
        .unwrap();
    let log = BufReader::new(process.stderr.take().unwrap());
    let mut lines = log.lines().map_while(Result::ok);
    let is_up = lines.any(|line| line.contains("HTTP on"));
    // Read on, so that the node never waits for its log.
    std::thread::spawn(move || lines.for_each(drop));
    let node = Node { process, http: format!("http://{http}"), _folder: folder };
    assert!(is_up, "the node ended before it served");
    node
}

impl Node {
    fn get(&self, path: &str) -> (u16, String) {
        let agent: ureq::Agent = ureq::Agent::config_builder()
            .timeout_global(Some(Duration::from_secs(10)))
            .http_status_as_error(false)
            .build()
            .into();
        let mut response = agent.get(format!("{}{path}", self.http)).call().unwrap();
        (response.status().as_u16(), response.body_mut().read_to_string().unwrap())
    }

    fn json(&self, path: &str) -> Value {
        let (status, body) = self.get(path);
        assert_eq!(status, 200, "{path}: {body}");
        serde_json::from_str(&body).unwrap()
    }
}

#[test]
fn the_function_is_served_and_documented() {
    let node = start();
    let greeting = node.json("/api/v1/greetings/Ada%20L?times=2");
    assert_eq!(greeting["text"], "Hello, Ada L! Hello, Ada L!");

    let (status, problem) = node.get("/api/v1/greetings/Ada?times=9");
    assert_eq!(status, 422);
    assert!(problem.contains("must be 1 to 3"), "{problem}");

    let listed = node.json("/api/v1/operations?tag=greeting");
    assert_eq!(listed["items"][0]["name"], "greeting.create");
    assert_eq!(listed["items"][0]["package"], "custom-operation");

    let document = node.json("/openapi.json");
    let entry = &document["paths"]["/api/v1/greetings/{name}"]["get"];
    assert_eq!(entry["operationId"], "greeting.create");
    assert_eq!(entry["summary"], "Greets somebody.");

    let (status, page) = node.get("/docs/");
    assert_eq!(status, 200);
    assert!(page.contains("swagger-ui"), "{page}");
}
