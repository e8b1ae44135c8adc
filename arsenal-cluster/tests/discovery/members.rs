//! Discovery finds members; it does not decide who is one. On a simulated world.

use std::{
    io::Error,
    net::SocketAddr,
    sync::Arc,
    time::{Duration, SystemTime},
};

use arsenal_cluster::{
    discovery::{Answer, DiscoveryKind, KEPT_FOR, LookError, Strategy},
    network::{Peer, sim::LinkConditions},
    node::Node,
    simulation::World,
};
use arsenal_core::membership::{Cluster as _, NodeStatus, Verdict};
use futures_util::future::BoxFuture;

use crate::bench::builder;

/// Answers in this order, and then fails for ever.
struct Scripted(Vec<Answer>);

impl Strategy for Scripted {
    fn kind(&self) -> DiscoveryKind {
        DiscoveryKind::Custom
    }
    fn watches(&self) -> String {
        String::from("a script")
    }
    fn every(&self) -> Duration {
        Duration::from_secs(10)
    }
    fn look<'a>(&'a mut self, _: &'a Peer) -> BoxFuture<'a, Result<Answer, LookError>> {
        let answer = if self.0.is_empty() { None } else { Some(self.0.remove(0)) };
        Box::pin(async { answer.ok_or_else(|| "SERVFAIL".into()) })
    }
}

struct Two {
    world: World<Node>,
    a: usize,
}

impl Two {
    /// Node `a` looks for others as it is told, node `b` does not.
    fn start(script: impl FnOnce(SocketAddr) -> Vec<Answer>) -> Self {
        let mut world = World::new(7, LinkConditions::default());
        let [a, b] = ["a", "b"].map(|name| world.add(name.parse().unwrap()));
        let script = Scripted(script(world.address(b).unwrap()));
        for (slot, builder) in [(a, builder().discover(script)), (b, builder())] {
            let started = world.start(slot, async |network| {
                let started = builder.start(Arc::clone(&network) as _, SystemTime::UNIX_EPOCH);
                started.await.map_err(Error::other)
            });
            started.unwrap();
        }
        Self { world, a }
    }

    fn run(&mut self, time: Duration) -> &mut Self {
        self.world.run(time);
        self
    }

    /// How `a` sees `b`; none where it does not know of it.
    fn b(&self) -> Option<NodeStatus> {
        let topology = self.world.node(self.a).unwrap().runtime().topology();
        let b = topology.nodes.into_iter().find(|node| node.name.as_str() == "b");
        b.map(|node| node.status)
    }
}

#[test]
fn a_member_that_no_answer_names_any_more_stays() {
    for after in [Answer::part([]), Answer::whole([])] {
        let mut two = Two::start(|b| vec![Answer::part([b]), after]);
        two.run(Duration::from_secs(8));
        assert_eq!(two.b(), Some(NodeStatus::Up));
        two.run(KEPT_FOR + Duration::from_mins(1));
        assert_eq!(two.b(), Some(NodeStatus::Up));
        let runtime = two.world.node(two.a).unwrap().runtime();
        let [script] = <[_; 1]>::try_from(runtime.discoveries()).unwrap();
        assert_eq!((script.addresses, script.failures > 10), (Vec::new(), true));
        assert_eq!(script.last_error.unwrap().message, "SERVFAIL");
        let events = runtime.events().after(0);
        let seen = serde_json::to_string(&events).unwrap();
        assert_eq!(seen.matches("node_status").count(), 2, "heard of, then up for good: {seen}");
    }
}

#[test]
fn what_is_found_late_is_met_at_once() {
    let mut two = Two::start(|b| vec![Answer::part([]), Answer::part([b])]);
    two.run(Duration::from_secs(9));
    assert_eq!(two.b(), None);
    two.run(Duration::from_secs(3));
    assert_eq!(two.b(), Some(NodeStatus::Up));
}

#[test]
fn whoever_looks_for_others_does_not_decide_alone() {
    let two = Two::start(|_| Vec::new());
    let verdict = |slot| two.world.node(slot).unwrap().runtime().view().quorum.verdict;
    assert_eq!([verdict(0), verdict(1)], [Verdict::Forming, Verdict::Solo]);
}
