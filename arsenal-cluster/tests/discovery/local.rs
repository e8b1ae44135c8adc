//! Nodes of one machine, in one folder.

use std::fs;

use arsenal_cluster::{
    discovery::{Answer, DiscoveryKind, Local, Strategy as _},
    network::Peer,
};

fn peer(name: &str, port: u16) -> Peer {
    let id = format!("{name}#1").parse().unwrap();
    Peer { id, address: ([127, 0, 0, 1], port).into() }
}

#[tokio::test]
async fn nodes_find_each_other_while_they_live() {
    let folder = tempfile::tempdir().unwrap();
    let folder = folder.path().join("cluster");
    let (a, b) = (peer("a", 7001), peer("b", 7002));
    let [mut at_a, mut at_b] = [Local::new(&folder), Local::new(&folder)];
    assert_eq!(at_a.look(&a).await.unwrap(), Answer::whole([a.address]));
    let both = Answer::whole([a.address, b.address]);
    assert_eq!(at_b.look(&b).await.unwrap(), both);
    assert_eq!(at_a.look(&a).await.unwrap(), both);
    // A cleaner of old files went by.
    fs::remove_file(folder.join("a.1")).unwrap();
    assert_eq!(at_b.look(&b).await.unwrap(), Answer::whole([b.address]));
    assert_eq!(at_a.look(&a).await.unwrap(), both);
    assert_eq!(at_b.look(&b).await.unwrap(), both);
    drop(at_a);
    assert_eq!(at_b.look(&b).await.unwrap(), Answer::whole([b.address]));
    assert_eq!(at_b.kind(), DiscoveryKind::Local);
}

#[tokio::test]
async fn a_folder_that_cannot_be_used_is_named() {
    let file = tempfile::NamedTempFile::new().unwrap();
    let folder = file.path().join("cluster");
    let error = Local::new(&folder).look(&peer("a", 7001)).await.unwrap_err().to_string();
    assert!(error.starts_with(&format!("cannot use {}: ", folder.display())), "{error}");
}
