//! A process that comes with the name of a node that lives, on a simulated wire: what the cluster, and
//! what the newcomer make of it.

#[cfg(test)]
mod checks {
    use std::time::{Duration, SystemTime};

    use arsenal_cluster::{
        membership::Change,
        network::sim::LinkConditions,
        node::NodeBuilder,
        simulation::{Place, SimulatedCluster},
    };
    use arsenal_core::{
        membership::{Cluster as _, Verdict},
        registry::Registry,
    };

    const A: usize = 0;
    const B: usize = 1;
    const C: usize = 2;
    /// The other process with the name `b`.
    const TWIN: usize = 3;

    const SOON: Duration = Duration::from_secs(15);

    /// Nodes `a`, `b` and `c`, all of them voters, and a second start of `b` at another place, which is
    /// told the voters or not.
    fn cluster(tells_twin: bool) -> SimulatedCluster {
        let make = move |place: &Place<'_>| {
            let node = NodeBuilder::new(Registry::default());
            let node = node.join(place.addresses[..3].iter().copied());
            let voters = ["a", "b", "c"].map(|name| name.parse().unwrap());
            if place.slot == TWIN && !tells_twin { node } else { node.voters(voters) }
        };
        let began_at = SystemTime::UNIX_EPOCH + Duration::from_hours(500_000);
        let mut cluster =
            SimulatedCluster::new(7, LinkConditions::default(), began_at, Box::new(make));
        for name in ["a", "b", "c", "b"] {
            cluster.add(name.parse().unwrap());
        }
        for slot in [A, B, C] {
            cluster.start(slot).unwrap();
        }
        assert!(cluster.run_until(SOON, |cluster| are_whole(cluster, &[A, B, C])));
        cluster.start(TWIN).unwrap();
        cluster
    }

    fn verdict(cluster: &SimulatedCluster, slot: usize) -> Verdict {
        cluster.world().node(slot).unwrap().runtime().view().quorum.verdict
    }

    fn are_whole(cluster: &SimulatedCluster, slots: &[usize]) -> bool {
        slots.iter().all(|slot| verdict(cluster, *slot) == Verdict::Whole)
    }

    /// The generation of `b`, as a node sees it.
    fn generation_of_b(cluster: &SimulatedCluster, slot: usize) -> u64 {
        let view = cluster.world().node(slot).unwrap().runtime().view();
        view.members.iter().find(|member| member.name.as_str() == "b").unwrap().generation
    }

    fn changes(cluster: &SimulatedCluster, slot: usize) -> Vec<Change> {
        let events = cluster.world().node(slot).unwrap().runtime().events().after(0);
        events.into_iter().map(|event| event.change).collect()
    }

    #[test]
    fn it_stops_nobody_decides_nothing_and_takes_over_when_the_first_is_gone() {
        for tells_twin in [true, false] {
            let mut cluster = cluster(tells_twin);
            for _ in 0..40 {
                cluster.world_mut().run(Duration::from_millis(500));
                assert!(are_whole(&cluster, &[A, B, C]));
                let newcomer = verdict(&cluster, TWIN);
                assert_eq!(newcomer, Verdict::Forming, "told the voters: {tells_twin}");
                assert_eq!([A, C].map(|slot| generation_of_b(&cluster, slot)), [1, 1]);
            }
            let refused =
                Change::NameRefused { node: "b".parse().unwrap(), generation: 2, holder: 1 };
            for slot in [A, B, C] {
                let changes = changes(&cluster, slot);
                let told = changes.iter().filter(|change| **change == refused).count();
                assert_eq!(told, 1, "{changes:?}");
                let is_split = |change: &Change| matches!(change, Change::SplitBrain { .. });
                assert!(!changes.iter().any(is_split), "{changes:?}");
            }
            let own = changes(&cluster, TWIN);
            assert!(own.contains(&Change::NameHeld { holder: 1 }), "{own:?}");
            cluster.world_mut().kill(B);
            let is_taken_in = |cluster: &SimulatedCluster| {
                are_whole(cluster, &[A, C, TWIN])
                    && [A, C].iter().all(|slot| generation_of_b(cluster, *slot) == 2)
            };
            assert!(cluster.run_until(SOON, is_taken_in), "{:?}", changes(&cluster, TWIN));
            cluster.world_mut().run(SOON);
            assert!(is_taken_in(&cluster), "{:?}", changes(&cluster, TWIN));
        }
    }

    #[test]
    fn a_restart_elsewhere_is_taken_in_at_once_or_when_the_old_path_is_silent() {
        for is_killed in [true, false] {
            let mut cluster = cluster(true);
            cluster.world_mut().kill(TWIN);
            cluster.world_mut().run(Duration::from_secs(10));
            if is_killed {
                cluster.world_mut().kill(B);
            } else {
                // Its machine is gone without a word.
                cluster.world_mut().freeze(B);
            }
            cluster.start(TWIN).unwrap();
            let begun = cluster.world().now();
            assert!(cluster.run_until(SOON, |cluster| are_whole(cluster, &[A, C, TWIN])));
            let took = cluster.world().now().saturating_sub(begun);
            println!("{}: {took:?}", if is_killed { "killed" } else { "silent" });
            let bound = if is_killed { 2_000 } else { 8_000 };
            assert!(took < Duration::from_millis(bound), "killed: {is_killed}, {took:?}");
        }
    }
}
