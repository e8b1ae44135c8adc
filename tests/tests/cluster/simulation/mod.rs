//! A simulated cluster beside a real node, as its user meets it: over HTTP.

mod clock;
mod lost;
mod refusals;
mod rehearsal;
mod switching;

use serde_json::{Value, json};

use crate::harness::{Answer, Client, Request, until};

const SIMULATION: &str = "/api/v1/simulation";
const MODE: &str = "/api/v1/cluster/mode";
const STATUS: &str = "/api/v1/cluster/status";

/// Asks one node of the simulated cluster, by header.
struct Simulated<'a> {
    client: &'a Client,
    mode: String,
}

impl<'a> Simulated<'a> {
    fn node(client: &'a Client, name: &str) -> Self {
        Self { client, mode: format!("simulated; node={name}") }
    }

    fn request(&self, method: &str, path: &str) -> Request<'a> {
        self.client.request(method, path).header("arsenal-mode", &self.mode).with_token()
    }

    fn get(&self, path: &str) -> Answer {
        self.request("GET", path).send()
    }

    fn post(&self, path: &str, body: &Value) -> Answer {
        self.request("POST", path).json(body).send()
    }

    /// Waits until it judges its side of a partition so.
    #[track_caller]
    fn until_verdict(&self, verdict: &str) {
        until(&format!("the verdict is {verdict}"), || {
            let status = self.get(STATUS).ok(200);
            if status["quorum"]["verdict"] == verdict { Ok(()) } else { Err(status.to_string()) }
        });
    }
}

/// Makes a cluster that is quicker than the wall clock, and waits until it is whole.
pub(crate) fn simulate(client: &Client, nodes: usize) {
    client.post(SIMULATION, &json!({ "node_count": nodes, "seed": 7 })).ok(201);
    speed(client, 10.0);
    for name in ["a", "b", "c"].iter().take(nodes) {
        Simulated::node(client, name).until_verdict(if nodes == 1 { "solo" } else { "whole" });
    }
}

fn speed(client: &Client, speed: f64) -> Value {
    client.post(&clock("speed"), &json!({ "speed": speed })).ok(200)
}

fn clock(action: &str) -> String {
    format!("{SIMULATION}/clock/{action}")
}

fn of_node(node: &str, action: &str) -> String {
    format!("{SIMULATION}/nodes/{node}/{action}")
}
