//! Links between nodes that break, while the nodes live.

use std::time::Duration;

use super::{Needs, Scenario, three};
use crate::{detection::Detected, scene::Scene};

pub(super) const SCENARIOS: &[Scenario] = &[
    Scenario {
        name: "cut_of_one_link",
        shows: "two nodes do not reach each other, a third reaches both: reported as that, not as a death",
        needs: Needs::Cuts,
        nodes: three,
        play: cut_of_one_link,
    },
    Scenario {
        name: "cut_and_heal",
        shows: "a node that is cut off is down to the others, and they to it; once healed it is back",
        needs: Needs::Cuts,
        nodes: three,
        play: cut_and_heal,
    },
    Scenario {
        name: "one_way_cut",
        shows: "a node that hears all but is heard by nobody is alone, and knows it",
        needs: Needs::Cuts,
        nodes: three,
        play: one_way_cut,
    },
    Scenario {
        name: "flapping_link",
        shows: "a link that comes and goes faster than silence is noticed costs no path and no vote",
        needs: Needs::Cuts,
        nodes: three,
        play: flapping_link,
    },
    Scenario {
        name: "slow_link",
        shows: "what takes 150 ms each way is slow, not broken",
        needs: Needs::Delays,
        nodes: three,
        play: slow_link,
    },
];

fn cut_of_one_link(scene: &mut Scene<'_>) {
    scene.begin();
    scene.cut(&["a"], &["b"]);
    let seen = [("a", "b", "partitioned"), ("b", "a", "partitioned")];
    scene.until_detected(Detected::Cut, &seen);
    for node in ["a", "b"] {
        assert_eq!(scene.seen("c", node).expect("it is known")["status"], "up");
    }
    scene.until_verdict("a", "majority");
    scene.until_verdict("b", "majority");
    scene.until_verdict("c", "whole");
    for node in ["a", "b", "c"] {
        scene.picture(node);
    }
    scene.change("a", "b", "node_unavailable");
    scene.change("c", "b", "ok");
    scene.stays("b is not taken for dead", Duration::from_secs(2), |scene| {
        let seen = scene.seen("a", "b")?["status"].clone();
        if seen == "partitioned" { Ok(()) } else { Err(seen.to_string()) }
    });
    scene.heal();
    scene.until_detected(Detected::Heal, &[("a", "b", "up"), ("b", "a", "up")]);
    scene.until_whole(&["a", "b", "c"]);
}

fn cut_and_heal(scene: &mut Scene<'_>) {
    scene.begin();
    let before = scene.generation("a", "c");
    scene.cut(&["c"], &["a", "b"]);
    let seen = [("a", "c", "down"), ("b", "c", "down"), ("c", "a", "down"), ("c", "b", "down")];
    scene.until_detected(Detected::Cut, &seen);
    scene.until_verdict("c", "minority");
    scene.heal();
    scene.until_detected(Detected::Heal, &[("a", "c", "up"), ("b", "c", "up"), ("c", "a", "up")]);
    scene.until_whole(&["a", "b", "c"]);
    assert_eq!(scene.generation("a", "c"), before, "it never ended");
    scene.picture("a");
    scene.change("c", "b", "ok");
}

fn one_way_cut(scene: &mut Scene<'_>) {
    scene.begin();
    scene.cut_one_way(&["c"], &["a", "b"]);
    scene.until_detected(Detected::Cut, &[("a", "c", "down"), ("b", "c", "down")]);
    scene.until_verdict("c", "minority");
    scene.until_verdict("a", "majority");
    scene.until_verdict("b", "majority");
    scene.picture("a");
    scene.change("a", "b", "ok");
    scene.change("c", "c", "minority_partition");
    assert!(scene.read("c").is_stale);
    scene.heal();
    scene.until_detected(Detected::Heal, &[("a", "c", "up"), ("b", "c", "up")]);
    scene.until_whole(&["a", "b", "c"]);
}

fn flapping_link(scene: &mut Scene<'_>) {
    scene.begin();
    for _ in 0..4 {
        scene.cut(&["a"], &["b"]);
        scene.pass(Duration::from_millis(700));
        scene.heal();
        scene.pass(Duration::from_millis(700));
        for node in ["a", "b", "c"] {
            scene.until_verdict(node, "whole");
        }
    }
    scene.until_whole(&["a", "b", "c"]);
    scene.picture("a");
    scene.change("a", "b", "ok");
}

fn slow_link(scene: &mut Scene<'_>) {
    scene.begin();
    scene.slow("a", "b", Duration::from_millis(150));
    scene.stays("all are up", Duration::from_secs(4), |scene| {
        for (by, node) in [("a", "b"), ("b", "a"), ("c", "a"), ("c", "b")] {
            let seen = scene.seen(by, node)?["status"].clone();
            if seen != "up" {
                return Err(format!("{by} sees {node} {seen}"));
            }
        }
        Ok(())
    });
    scene.picture("a");
    scene.change("a", "b", "ok");
}
