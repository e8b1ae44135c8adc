//! A world whose nodes are whole Arsenal nodes.

use std::{
    fmt,
    net::SocketAddr,
    sync::Arc,
    time::{Duration, SystemTime},
};

use arsenal_core::name::NodeName;
use tokio::task::JoinHandle;

use super::{TURN, World};
use crate::{
    network::{Network, sim::LinkConditions},
    node::{Node, NodeBuilder, StartError},
};

/// Makes the builder of a node that starts: its operations, states, voters and whom it joins.
/// Called for each start, with the place of the node.
pub type MakeNode = Box<dyn Fn(&Place<'_>) -> NodeBuilder + Send>;

/// Where a node is about to start.
#[derive(Clone, Copy, Debug)]
pub struct Place<'a> {
    /// Its name.
    pub name: &'a NodeName,
    /// Its number.
    pub slot: usize,
    /// The addresses of all places of the world, its own among them.
    pub addresses: &'a [SocketAddr],
}

/// Arsenal nodes in one process, on virtual time.
pub struct SimulatedCluster {
    world: World<Node>,
    make: MakeNode,
    /// The wall clock when the world began.
    began_at: SystemTime,
}

impl SimulatedCluster {
    /// No nodes yet. All randomness of the wire comes from the seed.
    pub fn new(seed: u64, usual: LinkConditions, began_at: SystemTime, make: MakeNode) -> Self {
        Self { world: World::new(seed, usual), make, began_at }
    }

    /// A place for a node. It does not run yet.
    pub fn add(&mut self, name: NodeName) -> usize {
        self.world.add(name)
    }

    /// Starts a node that does not run, as the next generation. Nothing happens where it runs.
    ///
    /// # Errors
    ///
    /// Why it did not start.
    pub fn start(&mut self, slot: usize) -> Result<(), StartError> {
        let now = self.wall_clock();
        let addresses = self.addresses();
        let Some(name) = self.world.name(slot).cloned() else { return Ok(()) };
        let builder = (self.make)(&Place { name: &name, slot, addresses: &addresses });
        self.world.start(slot, async |network| {
            builder.simulated().start(network as Arc<dyn Network>, now).await
        })
    }

    /// Runs a future on a node and lets the world go on until it has ended. None where the node does
    /// not run, where it ended before, or where `patience` (virtual time) is over; the future goes on
    /// then.
    pub fn ask<F>(
        &mut self,
        slot: usize,
        patience: Duration,
        ask: impl FnOnce(&Node) -> F,
    ) -> Option<F::Output>
    where
        F: Future<Output: Send> + Send + 'static,
    {
        let asked = self.begin(slot, ask)?;
        self.run_until(patience, |_| asked.is_finished());
        ended(asked)
    }

    /// Begins a future on a node; it goes on whenever the node has its turn.
    pub fn begin<F>(
        &self,
        slot: usize,
        ask: impl FnOnce(&Node) -> F,
    ) -> Option<JoinHandle<F::Output>>
    where
        F: Future<Output: Send> + Send + 'static,
    {
        let future = ask(self.world.node(slot)?);
        Some(self.world.runtime(slot)?.spawn(future))
    }

    /// Lets the world go on until something holds, at most for `patience` (virtual time). Whether it
    /// holds.
    pub fn run_until(&mut self, patience: Duration, mut holds: impl FnMut(&Self) -> bool) -> bool {
        let end = self.world.now() + patience;
        while !holds(self) {
            if self.world.now() >= end {
                return false;
            }
            self.world.run(TURN);
        }
        true
    }

    /// The world itself: time, faults, what runs.
    pub const fn world(&self) -> &World<Node> {
        &self.world
    }

    /// The world itself, to be changed.
    pub const fn world_mut(&mut self) -> &mut World<Node> {
        &mut self.world
    }

    /// What the clocks of the nodes show.
    pub fn wall_clock(&self) -> SystemTime {
        self.began_at + self.world.now()
    }

    fn addresses(&self) -> Vec<SocketAddr> {
        (0..self.world.len()).filter_map(|slot| self.world.address(slot)).collect()
    }
}

/// What a finished task gave; none where it was dropped with its node.
pub fn ended<T>(task: JoinHandle<T>) -> Option<T> {
    // It has ended, so that nothing is waited for.
    futures_util::FutureExt::now_or_never(task)?.ok()
}

impl fmt::Debug for SimulatedCluster {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter
            .debug_struct("SimulatedCluster")
            .field("world", &self.world)
            .finish_non_exhaustive()
    }
}

#[cfg(test)]
mod tests {
    use arsenal_core::{
        membership::{Cluster as _, NodeStatus, Verdict},
        registry::Registry,
    };

    use super::*;

    const PATIENCE: Duration = Duration::from_secs(30);

    fn three() -> SimulatedCluster {
        of(["a", "b", "c"])
    }

    fn of<const COUNT: usize>(names: [&str; COUNT]) -> SimulatedCluster {
        let names = names.map(|name| name.parse::<NodeName>().unwrap());
        let voters = names.clone();
        let make = move |place: &Place<'_>| {
            NodeBuilder::new(Registry::default())
                .join(place.addresses.iter().copied())
                .voters(voters.clone())
        };
        let usual = LinkConditions::default();
        let mut cluster = SimulatedCluster::new(1, usual, SystemTime::UNIX_EPOCH, Box::new(make));
        for name in names {
            cluster.add(name);
        }
        for slot in 0..COUNT {
            cluster.start(slot).unwrap();
        }
        cluster
    }

    fn verdict(cluster: &SimulatedCluster, slot: usize) -> Option<Verdict> {
        Some(cluster.world().node(slot)?.runtime().view().quorum.verdict)
    }

    #[test]
    fn three_nodes_meet_and_are_cut_apart() {
        let mut cluster = three();
        let all = |verdict_of: [Verdict; 3]| {
            move |cluster: &SimulatedCluster| {
                (0..3).all(|slot| verdict(cluster, slot) == Some(verdict_of[slot]))
            }
        };
        assert!(cluster.run_until(PATIENCE, all([Verdict::Whole; 3])));
        cluster.world().links().cut(&[0, 1], &[2]);
        let parted = [Verdict::Majority, Verdict::Majority, Verdict::Minority];
        assert!(cluster.run_until(PATIENCE, all(parted)));
        let seen = cluster.world().node(0).unwrap().runtime().view();
        assert_eq!(seen.member("c").unwrap().status, NodeStatus::Down);
        cluster.world().links().heal();
        assert!(cluster.run_until(PATIENCE, all([Verdict::Whole; 3])));
    }

    #[test]
    fn nodes_that_dial_each_other_at_the_same_moment_meet_at_once() {
        let mut cluster = of(["a", "b", "c", "d", "e", "f", "g", "h", "i", "j", "k", "l"]);
        let soon = Duration::from_secs(3);
        let is_whole =
            |cluster: &SimulatedCluster, slot| verdict(cluster, slot) == Some(Verdict::Whole);
        assert!(cluster.run_until(soon, |cluster| (0..12).all(|slot| is_whole(cluster, slot))));
    }

    #[test]
    fn a_path_that_is_reset_comes_back() {
        let mut cluster = three();
        let whole = |cluster: &SimulatedCluster| verdict(cluster, 0) == Some(Verdict::Whole);
        assert!(cluster.run_until(PATIENCE, whole));
        cluster.world_mut().reset(0, 1);
        assert!(cluster.run_until(PATIENCE, |cluster| !whole(cluster)));
        assert!(cluster.run_until(Duration::from_secs(1), whole));
    }

    #[test]
    fn what_is_asked_of_a_node_runs_in_its_time() {
        let mut cluster = three();
        let ask = |_: &Node| async {
            tokio::time::sleep(Duration::from_secs(5)).await;
            7
        };
        assert_eq!(cluster.ask(1, Duration::from_secs(1), ask), None, "it takes longer");
        assert_eq!(cluster.ask(1, PATIENCE, ask), Some(7));
        assert!(cluster.world().now() < Duration::from_secs(8));
        cluster.world_mut().kill(1);
        assert_eq!(cluster.ask(1, PATIENCE, ask), None, "it does not run");
    }
}
