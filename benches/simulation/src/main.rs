//! What a cluster costs, and how soon it knows what happened: 3, 20 and 100 nodes on virtual time.
//!
//! Prints one row per size. Times are of the virtual clock, so they do not depend on the machine; CPU
//! is of this process and does.

use std::{
    fs,
    time::{Duration, SystemTime},
};

use arsenal_cluster::{
    network::sim::LinkConditions,
    node::NodeBuilder,
    simulation::{Place, SimulatedCluster},
};
use arsenal_core::{
    membership::{Cluster as _, NodeStatus},
    name::NodeName,
    registry::Registry,
};

/// How many nodes.
const SIZES: [usize; 3] = [3, 20, 100];

/// How many of them vote, and are joined by the others.
const VOTERS: usize = 3;

/// How often the nodes are looked at: as exact as the times are.
const LOOK_EVERY: Duration = Duration::from_millis(50);

/// Anything takes longer than this: it has failed.
const PATIENCE: Duration = Duration::from_secs(60);

/// How long the nodes are left alone before a measurement.
const SETTLING: Duration = Duration::from_secs(10);

/// Over how long bytes and CPU are measured.
const MEASURED: Duration = Duration::from_secs(20);

fn main() {
    println!("| Nodes | Full membership | Killed: down at first / all | Frozen: down at first / all | Sent per node: gossip + paths | CPU per node, of a core | Virtual s per CPU s |");
    println!("|---|---|---|---|---|---|---|");
    for nodes in SIZES {
        println!("{}", row(nodes));
    }
}

fn row(nodes: usize) -> String {
    let mut cluster = start(nodes);
    let met = first_and_all(&mut cluster, |cluster, slot| sees_all_up(cluster, slot, nodes)).1;
    cluster.world_mut().run(SETTLING);
    let (before, cpu_before) = (cluster.world().traffic(), cpu_s());
    cluster.world_mut().run(MEASURED);
    let (after, cpu) = (cluster.world().traffic(), cpu_s() - cpu_before);
    let seconds = MEASURED.as_secs_f64();
    let per_node = |bytes: u64| bytes as f64 / seconds / nodes as f64 / 1_000.0;
    let gossip = per_node(after.datagram_bytes - before.datagram_bytes);
    let all = per_node(after.bytes - before.bytes);
    let last = nodes - 1;
    cluster.world_mut().kill(last);
    let killed = first_and_all(&mut cluster, |cluster, slot| sees_down(cluster, slot, last));
    cluster.start(last).expect("a good node");
    first_and_all(&mut cluster, |cluster, slot| sees_all_up(cluster, slot, nodes));
    cluster.world_mut().run(SETTLING);
    cluster.world_mut().freeze(last);
    let frozen = first_and_all(&mut cluster, |cluster, slot| sees_down(cluster, slot, last));
    format!(
        "| {nodes} | {} | {} / {} | {} / {} | {gossip:.1} + {:.1} KB/s | {:.2} % | {:.1} |",
        shown(met),
        shown(killed.0),
        shown(killed.1),
        shown(frozen.0),
        shown(frozen.1),
        all - gossip,
        100.0 * cpu / seconds / nodes as f64,
        seconds / cpu,
    )
}

fn start(nodes: usize) -> SimulatedCluster {
    let make = |place: &Place<'_>| {
        NodeBuilder::new(Registry::default())
            .join(place.addresses.iter().take(VOTERS).copied())
            .voters((0..VOTERS).map(name))
    };
    let usual = LinkConditions::default();
    let mut cluster = SimulatedCluster::new(1, usual, SystemTime::UNIX_EPOCH, Box::new(make));
    for slot in 0..nodes {
        cluster.add(name(slot));
    }
    for slot in 0..nodes {
        cluster.start(slot).expect("a good node");
    }
    cluster
}

/// How long it takes until something holds on one of the nodes that run, and on all.
fn first_and_all(
    cluster: &mut SimulatedCluster,
    holds: impl Fn(&SimulatedCluster, usize) -> bool,
) -> (Duration, Duration) {
    let begun = cluster.world().now();
    let mut first = None;
    loop {
        let awake = (0..cluster.world().len())
            .filter(|slot| cluster.world().is_running(*slot) && !cluster.world().is_frozen(*slot));
        let held: Vec<bool> = awake.map(|slot| holds(cluster, slot)).collect();
        let passed = cluster.world().now() - begun;
        if held.contains(&true) {
            first.get_or_insert(passed);
        }
        if let (Some(first), false) = (first, held.contains(&false)) {
            return (first, passed);
        }
        assert!(passed < PATIENCE, "not after {PATIENCE:?}");
        cluster.world_mut().run(LOOK_EVERY);
    }
}

fn sees_all_up(cluster: &SimulatedCluster, slot: usize, nodes: usize) -> bool {
    statuses(cluster, slot, |statuses| {
        statuses.iter().filter(|(_, status)| *status == NodeStatus::Up).count() == nodes
    })
}

fn sees_down(cluster: &SimulatedCluster, slot: usize, other: usize) -> bool {
    let other = name(other);
    statuses(cluster, slot, |statuses| {
        statuses.iter().any(|(name, status)| *name == other && *status == NodeStatus::Down)
    })
}

fn statuses(
    cluster: &SimulatedCluster,
    slot: usize,
    holds: impl FnOnce(&[(NodeName, NodeStatus)]) -> bool,
) -> bool {
    let world = cluster.world();
    let (Some(node), Some(runtime)) = (world.node(slot), world.runtime(slot)) else { return false };
    // By the clock of the node.
    let _entered = runtime.enter();
    let view = node.runtime().view();
    let seen = view.members.iter().map(|member| (member.name.clone(), member.status));
    holds(&seen.collect::<Vec<_>>())
}

fn name(slot: usize) -> NodeName {
    format!("node-{slot:03}").parse().expect("a good name")
}

fn shown(time: Duration) -> String {
    format!("{:.2} s", time.as_secs_f64())
}

/// The CPU time of this process so far, in seconds.
fn cpu_s() -> f64 {
    let text = fs::read_to_string("/proc/self/schedstat").expect("Linux");
    let nanoseconds: f64 = text.split(' ').next().and_then(|it| it.parse().ok()).expect("a number");
    nanoseconds / 1e9
}
