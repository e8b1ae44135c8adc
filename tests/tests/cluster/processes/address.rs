//! By id, by name, by `name@node`: a process of node c through node a.

use serde_json::{Value, json};

use crate::harness::{Answer, Client, Cluster};

/// Starts a process on a node, and answers its id.
#[track_caller]
fn start(client: &Client, node: &str, names: &Value) -> String {
    let id = client.post(&format!("/api/v1/test/named/{node}"), names).ok(201);
    id.as_str().expect("an id").to_owned()
}

fn encoded(text: &str) -> String {
    let bytes = text.bytes().map(|byte| {
        if byte.is_ascii_alphanumeric() || b"-._~".contains(&byte) {
            char::from(byte).to_string()
        } else {
            format!("%{byte:02X}")
        }
    });
    bytes.collect()
}

fn inspect(client: &Client, address: &str) -> Answer {
    client.get(&format!("/api/v1/processes/{}", encoded(address)))
}

#[track_caller]
fn detail(answer: &Answer, status: u16, code: &str) -> String {
    answer.problem(status, code)["detail"].as_str().unwrap().to_owned()
}

#[test]
fn a_process_of_another_node_is_reached_by_every_form_of_its_address() {
    let cluster = Cluster::start(3);
    let [a, c] = ["a", "c"].map(|name| cluster.node(name));
    let longest = "ä".repeat(128);
    let odd = ["plain", "two words", "a/b", "100%", "%2F", "Zähler ☃", "?q=1&x#y", "+", &longest];
    for name in odd {
        let id = start(a, "c", &json!({ "name": name }));
        for address in [id.clone(), name.to_owned(), format!("{name}@c")] {
            let row = inspect(a, &address).ok(200);
            assert_eq!((&row["pid"], &row["name"]), (&json!(id), &json!(name)), "{address}");
        }
        assert_eq!(inspect(c, name).ok(200)["node"], "c", "through its own node, too");
    }
    let mail = start(a, "c", &json!({ "name": "mail@home" }));
    assert_eq!(inspect(a, "mail@home@c").ok(200)["pid"], mail);
    let elsewhere = detail(&inspect(a, "mail@home"), 404, "not_found");
    assert!(elsewhere.contains("no node `home`"), "{elsewhere}");

    let id = start(a, "c", &json!({ "ractor_name": "of ractor" }));
    let row = inspect(a, "of ractor").ok(200);
    assert_eq!((&row["pid"], &row["ractor_name"]), (&json!(id), &json!("of ractor")));
    let found = a.get("/api/v1/cluster/processes/named/of%20ractor").ok(200);
    assert_eq!(found["data"][0]["pid"], row["pid"]);
    assert_eq!(found["nodes"], json!({ "asked": 3, "answered": 3 }));
}

#[test]
fn an_address_that_leads_to_no_or_to_several_processes_says_so() {
    let mut cluster = Cluster::start(3);
    let a = cluster.node("a").clone();
    let on_c = start(&a, "c", &json!({ "name": "twice" }));
    let on_b = start(&a, "b", &json!({ "name": "twice" }));
    let conflict = inspect(&a, "twice").problem(409, "conflict");
    assert_eq!(conflict["detail"], "2 nodes have a process `twice`: `twice@b`, `twice@c`");
    assert_eq!(conflict["suggestion"], "name one of them: `twice@b`, `twice@c`");
    assert_eq!(inspect(&a, "twice@b").ok(200)["pid"], on_b);
    assert_eq!(inspect(&a, "twice@c").ok(200)["pid"], on_c);

    let nobody = detail(&inspect(&a, "nobody"), 404, "not_found");
    assert_eq!(nobody, "no process is called `nobody`");
    let nobody = detail(&inspect(&a, "nobody@c"), 404, "not_found");
    assert_eq!(nobody, "no process is called `nobody` on node `c`");
    detail(&inspect(&a, "zz.1.2"), 404, "not_found");
    let control = inspect(&a, "a\nb").problem(422, "invalid_input");
    assert_eq!(control["violations"][0]["name"], "pid", "{control}");
    inspect(&a, &"x".repeat(257)).problem(422, "invalid_input");

    let tried = a.request("GET", &format!("/api/v1/processes/{on_c}"));
    let tried = tried.header("arsenal-dry-run", "true").send().json();
    assert_eq!(tried["nodes"], json!([{ "node": "c", "reachable": true }]), "{tried}");

    let stop = || {
        let stop = a.request("POST", &format!("/api/v1/test/named/{on_c}/stop"));
        stop.with_token().header("idempotency-key", "stop").send()
    };
    assert_eq!(stop().ok(200), "c");
    let again = stop();
    assert_eq!((again.ok(200), again.header("idempotency-replayed")), (json!("c"), "true"));
    let ended = detail(&inspect(&a, &on_c), 410, "gone");
    assert!(ended.starts_with(&format!("the process `{on_c}`, `twice` is gone: it was stopped ")));
    assert_eq!(inspect(&a, "twice").ok(200)["pid"], on_b, "the name is free on node c");

    cluster.kill("b");
    cluster.until_seen("a", "b", &["down"]);
    detail(&inspect(&a, &on_b), 503, "node_unavailable");
    let perhaps = inspect(&a, "twice").problem(503, "node_unavailable");
    assert_eq!(perhaps["failures"][0]["node"], "b", "{perhaps}");
    assert!(perhaps["detail"].as_str().unwrap().ends_with("b did not"), "{perhaps}");
    cluster.start_node("b");
    cluster.until_whole();
    let earlier = detail(&inspect(&a, &on_b), 404, "not_found");
    assert!(earlier.ends_with("node `b` was started again since"), "{earlier}");
}
