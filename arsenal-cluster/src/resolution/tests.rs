//! Voters are chosen on nodes that run, in a simulated world.

use std::{
    collections::{BTreeMap, BTreeSet},
    sync::{Arc, Mutex},
    time::{Duration, SystemTime},
};

use arsenal_core::{
    membership::{Cluster as _, Verdict},
    name::NodeName,
    registry::Registry,
};

use super::Resolution;
use crate::{
    membership::{
        Electorate, VoterStore,
        samples::{name, names},
    },
    network::sim::LinkConditions,
    node::{Node, NodeBuilder, NotElected},
    simulation::{Place, SimulatedCluster},
};

const PATIENCE: Duration = Duration::from_secs(30);
const ADOPTION: Duration = Duration::from_secs(3);

/// What the data directories of the nodes hold.
type Disks = Arc<Mutex<BTreeMap<NodeName, Electorate>>>;

fn store(disks: &Disks, node: &NodeName) -> VoterStore {
    let remembered = disks.lock().unwrap().get(node).cloned();
    let (disks, node) = (Arc::clone(disks), node.clone());
    VoterStore::new(remembered, move |electorate| {
        disks.lock().unwrap().insert(node.clone(), electorate.clone());
        Ok(())
    })
}

/// Nodes with a data directory; `voters` says what each was configured with.
fn cluster(
    nodes: &str,
    disks: &Disks,
    voters: impl Fn(&NodeName) -> BTreeSet<NodeName> + Send + 'static,
) -> SimulatedCluster {
    let disks = Arc::clone(disks);
    let make = move |place: &Place<'_>| {
        NodeBuilder::new(Registry::default())
            .join(place.addresses.iter().copied())
            .voters(voters(place.name))
            .voter_store(store(&disks, place.name))
    };
    let usual = LinkConditions::default();
    let mut cluster = SimulatedCluster::new(3, usual, SystemTime::UNIX_EPOCH, Box::new(make));
    for node in names(nodes) {
        let slot = cluster.add(node);
        cluster.start(slot).unwrap();
    }
    cluster
}

#[track_caller]
fn until(cluster: &mut SimulatedCluster, slots: &[usize], verdict: Verdict) {
    let is_so = cluster.run_until(PATIENCE, |cluster| {
        slots.iter().all(|slot| verdict_of(cluster, *slot) == Some(verdict))
    });
    assert!(is_so, "{:?}", slots.iter().map(|slot| verdict_of(cluster, *slot)).collect::<Vec<_>>());
}

fn verdict_of(cluster: &SimulatedCluster, slot: usize) -> Option<Verdict> {
    Some(cluster.world().node(slot)?.runtime().view().quorum.verdict)
}

fn elect(
    cluster: &mut SimulatedCluster,
    slot: usize,
    voters: &str,
    version: Option<u64>,
) -> Result<Resolution, NotElected> {
    let voters = names(voters);
    let ask = |node: &Node| {
        let runtime = Arc::clone(node.runtime());
        async move { runtime.elect(voters, version, ADOPTION).await }
    };
    cluster.ask(slot, PATIENCE, ask).unwrap()
}

#[test]
fn nodes_that_each_decided_alone_become_one_cluster_and_stay_it() {
    let disks = Disks::default();
    let itself = |node: &NodeName| BTreeSet::from([node.clone()]);
    let mut cluster = cluster("a b", &disks, itself);
    until(&mut cluster, &[0, 1], Verdict::SplitBrain);
    let stale = elect(&mut cluster, 0, "a b", Some(9)).unwrap_err();
    assert_eq!(stale, NotElected::Outdated(2), "the list is not the one that was looked at");
    assert_eq!(verdict_of(&cluster, 0), Some(Verdict::SplitBrain), "nothing was changed");

    let done = elect(&mut cluster, 0, "a b", Some(2)).unwrap();
    assert_eq!((done.adopted.unwrap(), done.pending.unwrap()), (names("a b"), names("")));
    assert_eq!((done.after.version, done.is_kept), (2, Some(true)));
    until(&mut cluster, &[0, 1], Verdict::Whole);

    for slot in [0, 1] {
        cluster.world_mut().kill(slot);
    }
    cluster.start(1).unwrap();
    assert!(!cluster.run_until(PATIENCE, |cluster| {
        verdict_of(cluster, 1).is_some_and(|verdict| verdict != Verdict::Forming)
    }));
    let seen = cluster.world().node(1).unwrap().runtime().view();
    assert_eq!(seen.quorum.expected, names("a b"), "it does not decide alone again");
    cluster.start(0).unwrap();
    until(&mut cluster, &[0, 1], Verdict::Whole);
}

#[test]
fn a_minority_goes_on_once_it_is_told_that_the_others_are_lost() {
    let disks = Disks::default();
    let mut cluster = cluster("a b c", &disks, |_| names("a b c"));
    until(&mut cluster, &[0, 1, 2], Verdict::Whole);
    for slot in [1, 2] {
        cluster.world_mut().kill(slot);
    }
    until(&mut cluster, &[0], Verdict::Minority);
    let done = elect(&mut cluster, 0, "a", None).unwrap();
    assert_eq!(done.unreached, names("b c"));
    until(&mut cluster, &[0], Verdict::Solo);
    // Whoever was away hears that it votes no longer.
    cluster.start(1).unwrap();
    until(&mut cluster, &[0, 1], Verdict::Whole);
    let heard = cluster.world().node(1).unwrap().runtime().electorate();
    assert_eq!((heard.version, heard.voters), (2, names("a")));
    let keeps = |list: &Electorate| list.version == 2;
    let is_kept = |_: &_| disks.lock().unwrap().get(&name("b")).is_some_and(keeps);
    assert!(cluster.run_until(PATIENCE, is_kept), "it does not forget what it heard");
}
