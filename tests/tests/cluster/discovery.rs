//! Nodes that were given nobody's address find each other.

use std::{fs, path::Path, time::Duration};

use crate::harness::{Cluster, stays, until};

#[test]
fn nodes_of_one_machine_find_each_other_and_a_killed_one_leaves_nothing_behind() {
    let mut cluster = Cluster::discovering(2, |folder| format!("local:{}/run", folder.display()));
    for name in ["a", "b"] {
        cluster.start_node(name);
    }
    cluster.until_whole();
    let run = cluster.folder().join("run");
    assert_eq!(until_entries(&run, 2).len(), 2);
    cluster.kill("b");
    let left = until_entries(&run, 1);
    assert!(left[0].starts_with("a."), "{left:?}");
    cluster.start_node("b");
    cluster.until_whole();
}

#[test]
fn nodes_follow_a_file_that_changes_while_they_run() {
    let mut cluster = Cluster::discovering(2, |folder| format!("file:{}/seeds", folder.display()));
    for name in ["a", "b"] {
        cluster.start_node(name);
    }
    until("a runs", || match cluster.node("a").request("GET", "/readyz").try_send() {
        Ok(answer) if answer.status == 503 => Ok(()),
        Ok(answer) => Err(answer.text()),
        Err(error) => Err(error.to_string()),
    });
    stays("nobody has found anybody", Duration::from_secs(2), || {
        let seen = cluster.node("a").get("/api/v1/cluster/topology").text();
        if seen.contains(&cluster.address("b")) { Err(seen) } else { Ok(()) }
    });
    let seeds = ["a", "b"].map(|name| cluster.address(name)).join("\n");
    fs::write(cluster.folder().join("seeds"), seeds).unwrap();
    cluster.until_whole();
}

/// The files in the folder of the only cluster in a folder.
fn until_entries(run: &Path, count: usize) -> Vec<String> {
    let names = |folder: &Path| -> Vec<String> {
        let entries = fs::read_dir(folder).into_iter().flatten().flatten();
        entries.map(|entry| entry.file_name().into_string().unwrap()).collect()
    };
    until(&format!("{count} nodes are told"), || {
        let clusters = names(run);
        let [cluster] = clusters.as_slice() else { return Err(format!("{clusters:?}")) };
        let entries = names(&run.join(cluster));
        if entries.len() == count { Ok(entries) } else { Err(format!("{entries:?}")) }
    })
}
