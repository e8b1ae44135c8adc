//! The secret of a running cluster is changed, one node after the other.

use std::{fs::File, io::Write as _, os::unix::fs::OpenOptionsExt as _, path::PathBuf};

use serde_json::Value;

use crate::harness::{Cluster, create_counters, post_counters, until};

/// Another secret beside that of the cluster.
fn new_secret(cluster: &Cluster) -> PathBuf {
    let path = cluster.folder().join("new-secret");
    let mut private = File::options();
    private.write(true).create_new(true).mode(0o600);
    private.open(&path).unwrap().write_all("fedcba9876543210".repeat(4).as_bytes()).unwrap();
    path
}

fn verdict(cluster: &Cluster, name: &str) -> Result<String, String> {
    let answer = cluster.node(name).request("GET", "/api/v1/cluster/status").try_send();
    let status = answer.map_err(|error| error.to_string())?.json();
    Ok(status["quorum"]["verdict"].as_str().unwrap_or_default().to_owned())
}

fn until_verdicts(cluster: &Cluster, expected: [&str; 3]) {
    until(&format!("a, b and c are {expected:?}"), || {
        let seen = [verdict(cluster, "a")?, verdict(cluster, "b")?, verdict(cluster, "c")?];
        if seen == expected { Ok(()) } else { Err(format!("{seen:?}")) }
    });
}

/// Nodes of either secret hear each other's gossip and reach only their own kind, so there is always one
/// majority, and nobody is taken for dead.
#[test]
fn the_secret_is_changed_node_by_node_and_the_majority_moves_over() {
    let mut cluster = Cluster::planned(3);
    let (old, new) = (cluster.folder().join("secret"), new_secret(&cluster));
    for name in cluster.names() {
        cluster.start_with_secrets(&name, &old, Some(&new));
    }
    cluster.until_whole();
    create_counters(cluster.node("a"), 1, &["a"]);

    cluster.terminate("a");
    cluster.start_with_secrets("a", &new, Some(&old));
    until_verdicts(&cluster, ["forming", "majority", "majority"]);
    cluster.until_seen("b", "a", &["partitioned"]);
    cluster.until_seen("a", "b", &["partitioned"]);
    post_counters(cluster.node("a"), 1, &["a"]).problem(503, "cluster_forming");
    create_counters(cluster.node("b"), 1, &["b"]);
    until("a says why", || {
        let connections = cluster.node("a").get("/api/v1/cluster/connections").ok(200);
        let failures = connections["failures"].as_array().unwrap();
        let is_told = |failure: &Value| failure["code"] == "other_secret";
        if failures.iter().any(is_told) { Ok(()) } else { Err(connections.to_string()) }
    });

    cluster.terminate("b");
    cluster.start_with_secrets("b", &new, Some(&old));
    until_verdicts(&cluster, ["majority", "majority", "minority"]);
    cluster.until_seen("c", "a", &["partitioned"]);
    create_counters(cluster.node("a"), 1, &["b"]);

    cluster.terminate("c");
    cluster.start_with_secrets("c", &new, Some(&old));
    cluster.until_whole();
    create_counters(cluster.node("c"), 3, &[]);

    // Whoever does not know the old secret any more is at home, too.
    cluster.terminate("a");
    cluster.start_with_secrets("a", &new, None);
    cluster.until_whole();
}
