//! `arsenal dev`: what it prints works as printed, and nothing outlives it.

use std::{path::Path, process::Command};

use serde_json::{Value, json};

use crate::harness::{Client, Dev, Process, is_running, send, until, until_counters};

const NODES: u16 = 3;

#[test]
fn what_is_printed_works_as_pasted() {
    let mut dev = Dev::start(&[]);
    let nodes = [0, 1, 2].map(|number| dev.node(number));
    let ids = os_processes(&nodes[0]);
    assert_eq!(ids.len(), usize::from(NODES));
    for node in &nodes {
        until("every node lists the same three", || same(&os_processes(node), &ids));
    }
    // The demo workload has one counter per node.
    until_counters(&nodes[2], &[("a", 1), ("b", 1), ("c", 1)]);

    let post = dev.until_printed("-X POST");
    let created: Value = serde_json::from_str(&pasted(&post)).unwrap();
    let id = created["id"].as_str().unwrap_or_else(|| panic!("{created}"));
    until_counters(&nodes[1], &[("a", 2), ("b", 2), ("c", 2)]);
    let list: Value = serde_json::from_str(&pasted(&dev.until_printed("?type=Counter"))).unwrap();
    assert_eq!(list["data"]["items"].as_array().unwrap().len(), 6);
    let topology = pasted(&dev.until_printed("/api/v1/cluster/topology"));
    assert_eq!(
        serde_json::from_str::<Value>(&topology).unwrap()["nodes"].as_array().unwrap().len(),
        3
    );

    let delete = dev.until_printed("-X DELETE").replacen("/ID ", &format!("/{id} "), 1);
    let deleted: Value = serde_json::from_str(&pasted(&delete)).unwrap();
    assert_eq!((&deleted["id"], &deleted["stopped"]), (&json!(id), &json!(3)), "{deleted}");
    until_counters(&nodes[0], &[("a", 1), ("b", 1), ("c", 1)]);

    let token = dev.until_printed("token ");
    let token = token.split_whitespace().last().unwrap();
    assert!(Path::new(token).exists());
    dev.process.signal("TERM");
    assert_eq!(dev.process.exit_code(), Some(0));
    until_gone(&ids);
    assert!(!Path::new(token).exists(), "what was temporary is removed");
}

#[test]
fn a_killed_node_is_told_with_the_line_that_brings_it_back() {
    let mut dev = Dev::start(&["--no-demo"]);
    let nodes = [0, 1, 2].map(|number| dev.node(number));
    let before = os_processes(&nodes[0]);
    assert!(send("KILL", before[1]));
    dev.until_printed("node b ended: signal 9");
    let line = dev.until_printed(" serve --name b ");
    until("a sees b down", || {
        let status = node_of(&nodes[0], 1)["status"].clone();
        if status == "down" { Ok(()) } else { Err(status.to_string()) }
    });

    let again = Process::start_line(&line, dev.folder(), "again");
    let after = until("all three are up", || {
        let topology = nodes[0].get("/api/v1/cluster/topology").ok(200);
        let is_new = |node: &Value| node["os_process"].is_u64() && node["os_process"] != before[1];
        let is_up = |node: &Value| node["status"] == "up" && is_new(node);
        let is_whole = topology["nodes"].as_array().unwrap().iter().all(is_up);
        if is_whole { Ok(os_processes(&nodes[0])) } else { Err(topology.to_string()) }
    });
    assert_eq!((after[0], after[2]), (before[0], before[2]), "the others were not touched");
    until("all three answer the one that is back", || {
        let answer = nodes[1].get("/api/v1/cluster/processes").ok(200);
        if answer["nodes"]["answered"] == 3 { Ok(()) } else { Err(answer.to_string()) }
    });

    dev.process.kill();
    until_gone(&[before[0], before[2]]);
    assert!(is_running(after[1]), "what somebody else has started is not dev's to end");
    send("KILL", after[1]);
    drop(again);
    until_gone(&after);
}

/// What a shell prints for a line.
fn pasted(line: &str) -> String {
    let output = Command::new("sh").args(["-c", line]).output().unwrap();
    let errors = String::from_utf8_lossy(&output.stderr);
    assert!(output.status.success(), "{line}\n{errors}");
    String::from_utf8(output.stdout).unwrap()
}

/// The process ids of all nodes, in the order of their names. All must be known.
fn os_processes(node: &Client) -> Vec<u32> {
    until("all processes are known", || {
        let topology = node.get("/api/v1/cluster/topology").ok(200);
        let nodes = topology["nodes"].as_array().unwrap().iter();
        let ids: Option<Vec<u32>> =
            nodes.map(|node| node["os_process"].as_u64()?.try_into().ok()).collect();
        ids.ok_or_else(|| topology.to_string())
    })
}

fn node_of(client: &Client, number: usize) -> Value {
    client.get("/api/v1/cluster/topology").ok(200)["nodes"][number].clone()
}

fn same(found: &[u32], expected: &[u32]) -> Result<(), String> {
    if found == expected { Ok(()) } else { Err(format!("{found:?}")) }
}

fn until_gone(ids: &[u32]) {
    until("the nodes are gone", || {
        let left: Vec<_> = ids.iter().filter(|id| is_running(**id)).collect();
        if left.is_empty() { Ok(()) } else { Err(format!("{left:?}")) }
    });
}
