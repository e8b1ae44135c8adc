//! Clusters that fall apart into sides.

use std::time::Duration;

use super::{Needs, Scenario, three};
use crate::{
    detection::Detected,
    scene::Scene,
    stage::{Plan, voters},
};

/// How long a majority with somebody missing must have stood before it decides.
const STABLE_AFTER: Duration = Duration::from_secs(5);

pub(super) const SCENARIOS: &[Scenario] = &[
    Scenario {
        name: "partition_two_and_one",
        shows: "the side with two of three goes on, the other refuses changes and marks what it reads",
        needs: Needs::Cuts,
        nodes: three,
        play: two_and_one,
    },
    Scenario {
        name: "partition_into_three",
        shows: "where each node is alone, nobody decides",
        needs: Needs::Cuts,
        nodes: three,
        play: into_three,
    },
    Scenario {
        name: "partition_into_halves",
        shows: "of four voters, two on each side, neither side decides",
        needs: Needs::Cuts,
        nodes: four,
        play: into_halves,
    },
    Scenario {
        name: "partition_three_and_two",
        shows: "of five voters the side with three goes on",
        needs: Needs::Cuts,
        nodes: five,
        play: three_and_two,
    },
    Scenario {
        name: "majority_after_stable_time",
        shows: "a majority with somebody missing decides after five quiet seconds, not before",
        needs: Needs::Cuts,
        nodes: three,
        play: majority_after_stable_time,
    },
    Scenario {
        name: "healed_minority_decides_again",
        shows: "once the sides are one again, the smaller one decides again, and at once",
        needs: Needs::Cuts,
        nodes: three,
        play: healed_minority,
    },
    Scenario {
        name: "partition_moves",
        shows: "the cut moves from one node to another: the sides follow, and never two of them decide",
        needs: Needs::Cuts,
        nodes: three,
        play: partition_moves,
    },
];

fn four() -> Vec<Plan> {
    voters(&["a", "b", "c", "d"])
}

fn five() -> Vec<Plan> {
    voters(&["a", "b", "c", "d", "e"])
}

fn two_and_one(scene: &mut Scene<'_>) {
    scene.begin();
    scene.cut(&["a", "b"], &["c"]);
    scene.until_detected(Detected::Cut, &[("a", "c", "down"), ("c", "b", "down")]);
    scene.until_verdict("c", "minority");
    scene.until_verdict("a", "majority");
    scene.until_verdict("b", "majority");
    for node in ["a", "b", "c"] {
        scene.picture(node);
    }
    scene.change("a", "b", "ok");
    scene.change("b", "c", "node_unavailable");
    let refused = scene.change("c", "c", "minority_partition");
    assert_eq!(refused.body["cluster"]["live"], serde_json::json!(["c"]), "{}", refused.body);
    scene.change("c", "a", "minority_partition");
    assert!(scene.read("c").is_stale);
    assert!(!scene.read("a").is_stale);
}

fn into_three(scene: &mut Scene<'_>) {
    scene.begin();
    scene.cut(&["a"], &["b", "c"]);
    scene.cut(&["b"], &["c"]);
    for node in ["a", "b", "c"] {
        scene.until_verdict(node, "minority");
    }
    for (node, other) in [("a", "b"), ("b", "c"), ("c", "a")] {
        scene.until_seen(node, other, "down");
        scene.change(node, node, "minority_partition");
        assert!(scene.read(node).is_stale);
    }
    scene.heal();
    scene.until_whole(&["a", "b", "c"]);
    scene.picture("b");
}

fn into_halves(scene: &mut Scene<'_>) {
    scene.begin();
    scene.cut(&["a", "b"], &["c", "d"]);
    for node in ["a", "b", "c", "d"] {
        scene.until_verdict(node, "minority");
    }
    scene.until_seen("a", "c", "down");
    scene.until_seen("a", "d", "down");
    scene.picture("a");
    for node in ["a", "b", "c", "d"] {
        scene.change(node, node, "minority_partition");
    }
    scene.heal();
    scene.until_whole(&["a", "b", "c", "d"]);
    scene.change("d", "a", "ok");
}

fn three_and_two(scene: &mut Scene<'_>) {
    scene.begin();
    scene.cut(&["a", "b"], &["c", "d", "e"]);
    for node in ["a", "b"] {
        scene.until_verdict(node, "minority");
    }
    for node in ["c", "d", "e"] {
        scene.until_verdict(node, "majority");
    }
    scene.until_seen("a", "e", "down");
    scene.until_seen("e", "a", "down");
    scene.picture("a");
    scene.picture("e");
    scene.change("a", "b", "minority_partition");
    scene.change("c", "e", "ok");
    scene.heal();
    scene.until_whole(&["a", "b", "c", "d", "e"]);
    scene.change("a", "e", "ok");
}

fn majority_after_stable_time(scene: &mut Scene<'_>) {
    scene.begin();
    scene.cut(&["c"], &["a", "b"]);
    scene.until_seen("a", "c", "down");
    scene.until_seen("b", "c", "down");
    scene.change("a", "a", "cluster_unstable");
    scene.change("b", "a", "cluster_unstable");
    assert!(!scene.read("a").is_stale, "the others cannot have decided anything");
    let after = scene.until_changed("a", "a");
    assert!(after >= STABLE_AFTER, "decided {after:?} after the cut");
    scene.until_verdict("a", "majority");
    scene.picture("a");
}

fn healed_minority(scene: &mut Scene<'_>) {
    scene.begin();
    scene.cut(&["c"], &["a", "b"]);
    scene.until_verdict("c", "minority");
    scene.change("c", "c", "minority_partition");
    assert!(scene.read("c").is_stale);
    scene.heal();
    scene.until_changed("c", "c");
    scene.until_whole(&["a", "b", "c"]);
    assert!(!scene.read("c").is_stale);
    scene.picture("c");
}

fn partition_moves(scene: &mut Scene<'_>) {
    scene.begin();
    scene.cut(&["c"], &["a", "b"]);
    scene.until_verdict("c", "minority");
    scene.until_verdict("a", "majority");
    scene.heal();
    scene.cut(&["a"], &["b", "c"]);
    scene.until_verdict("a", "minority");
    scene.change("a", "b", "minority_partition");
    scene.until_verdict("b", "majority");
    scene.until_verdict("c", "majority");
    scene.until_seen("c", "a", "down");
    scene.until_seen("a", "c", "down");
    scene.picture("a");
    scene.picture("c");
    scene.change("c", "b", "ok");
    scene.heal();
    scene.until_whole(&["a", "b", "c"]);
}
