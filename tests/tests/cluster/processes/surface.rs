//! One surface for both kinds of clusters, so that what a process can be asked is tested on both alike.

use serde_json::{Value, json};

use crate::{
    harness::{Answer, Client, Cluster, Request, until},
    simulation::simulate,
};

/// Node a of a real cluster, or of a simulated one.
pub(super) struct Surface<'a> {
    client: &'a Client,
    mode: &'static str,
}

/// Runs a test on three real nodes, and on three simulated ones beside a real node.
pub(super) fn on_both(test: impl Fn(&Surface<'_>)) {
    let cluster = Cluster::start(3);
    test(&Surface { client: cluster.node("a"), mode: "cluster" });
    simulate(cluster.node("b"), 3);
    test(&Surface { client: cluster.node("b"), mode: "simulated; node=a" });
}

impl Surface<'_> {
    /// Whether the nodes are simulated ones.
    pub(super) fn is_simulated(&self) -> bool {
        self.mode != "cluster"
    }

    fn request(&self, method: &str, path: &str) -> Request<'_> {
        let path = format!("/api/v1{path}");
        self.client.request(method, &path).header("arsenal-mode", self.mode).with_token()
    }

    pub(super) fn get(&self, path: &str) -> Answer {
        self.request("GET", path).send()
    }

    pub(super) fn delete(&self, path: &str) -> Answer {
        self.request("DELETE", path).send()
    }

    pub(super) fn post(&self, path: &str, body: &Value) -> Answer {
        self.request("POST", path).json(body).send()
    }

    /// Only tries a request.
    pub(super) fn tried(&self, path: &str, body: &Value) -> Answer {
        self.request("POST", path).header("arsenal-dry-run", "true").json(body).send()
    }

    /// Starts a process on node c, and answers its path.
    #[track_caller]
    pub(super) fn start(&self, blueprint: &str, name: &str, arguments: &Value) -> String {
        let request = json!({
            "blueprint": blueprint, "name": name, "arguments": arguments, "node": "c",
        });
        let started = self.post("/processes", &request).ok(201);
        assert_eq!((&started["name"], &started["blueprint"]), (&json!(name), &json!(blueprint)));
        let pid = started["pid"].as_str().unwrap();
        assert!(pid.starts_with("c."), "{pid}");
        format!("/processes/{pid}")
    }

    /// Sends a process a message.
    pub(super) fn send(&self, process: &str, message: &Value) -> Answer {
        self.post(&format!("{process}/message"), &json!({ "message": message }))
    }

    /// Calls a process, and answers its reply.
    #[track_caller]
    pub(super) fn call(&self, process: &str, message: &Value) -> Value {
        let request = json!({ "message": message, "mode": "call" });
        self.post(&format!("{process}/message"), &request).ok(200)["reply"].clone()
    }

    /// Waits until this holds of a process.
    #[track_caller]
    pub(super) fn until(&self, process: &str, what: &str, holds: impl Fn(&Value) -> bool) -> Value {
        until(what, || {
            let row = self.get(process).ok(200);
            if holds(&row) { Ok(row) } else { Err(row.to_string()) }
        })
    }

    /// Waits until a process is there no more.
    #[track_caller]
    pub(super) fn until_gone(&self, process: &str) {
        until("it is gone", || match self.get(process) {
            answer if [404, 410].contains(&answer.status) => Ok(()),
            answer => Err(answer.text()),
        });
    }

    /// The first rows of a list of processes.
    #[track_caller]
    pub(super) fn list(&self, query: &str) -> Vec<Value> {
        self.rows(&format!("/cluster/processes?{query}"))
    }

    /// The rows of one page of a list that all nodes gave.
    #[track_caller]
    pub(super) fn rows(&self, path: &str) -> Vec<Value> {
        let listed = self.get(path).ok(200);
        assert_eq!(listed["failures"], json!([]), "{path}");
        listed["data"]["items"].as_array().unwrap().clone()
    }

    /// The rows of all pages of a list, one row to a page.
    #[track_caller]
    pub(super) fn one_by_one(&self, path: &str) -> Vec<Value> {
        let (mut rows, mut cursor) = (Vec::new(), String::new());
        loop {
            let page = self.get(&format!("{path}&limit=1{cursor}")).ok(200);
            rows.extend(page["data"]["items"].as_array().unwrap().clone());
            match page["data"]["next_cursor"].as_str() {
                Some(next) => cursor = format!("&cursor={next}"),
                None => return rows,
            }
        }
    }
}
