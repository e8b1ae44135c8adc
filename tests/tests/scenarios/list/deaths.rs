//! Nodes that are killed.

use super::{Needs, Scenario, three};
use crate::{detection::Detected, scene::Scene};

pub(super) const SCENARIOS: &[Scenario] = &[
    Scenario {
        name: "kill",
        shows: "a killed node is down at once; the others decide again once that has been stable",
        needs: Needs::Nothing,
        nodes: three,
        play: kill,
    },
    Scenario {
        name: "kill_of_two",
        shows: "who is left alone refuses changes, and says that what it reads may be old",
        needs: Needs::Nothing,
        nodes: three,
        play: kill_of_two,
    },
    Scenario {
        name: "restart_after_kill",
        shows: "a killed node comes back as a later start, with what it had forgotten",
        needs: Needs::Nothing,
        nodes: three,
        play: restart_after_kill,
    },
    Scenario {
        name: "crash_loop",
        shows: "a node that dies again and again is each time seen down and up, and ends as one member",
        needs: Needs::Nothing,
        nodes: three,
        play: crash_loop,
    },
    Scenario {
        name: "restart_of_all",
        shows: "a cluster that was killed as a whole forms again by itself",
        needs: Needs::Nothing,
        nodes: three,
        play: restart_of_all,
    },
];

fn kill(scene: &mut Scene<'_>) {
    scene.begin();
    scene.kill("c");
    scene.until_detected(Detected::Kill, &[("a", "c", "down"), ("b", "c", "down")]);
    let refused = scene.change("a", "a", "cluster_unstable");
    assert_eq!(refused.status, 503, "{}", refused.body);
    scene.until_verdict("a", "majority");
    scene.until_verdict("b", "majority");
    scene.picture("a");
    scene.change("a", "b", "ok");
    let gone = scene.change("b", "c", "node_unavailable");
    assert_eq!(gone.status, 503, "{}", gone.body);
    let read = scene.read("a");
    assert!(read.is_partial && !read.is_stale, "{read}");
    assert_eq!(read.body["failures"][0]["node"], "c", "{}", read.body);
}

fn kill_of_two(scene: &mut Scene<'_>) {
    scene.begin();
    scene.kill("b");
    scene.kill("c");
    scene.until_detected(Detected::Kill, &[("a", "b", "down"), ("a", "c", "down")]);
    scene.until_verdict("a", "minority");
    scene.picture("a");
    let refused = scene.change("a", "a", "minority_partition");
    assert_eq!(refused.status, 503, "{}", refused.body);
    assert_eq!(refused.body["cluster"]["missing"], serde_json::json!(["b", "c"]));
    assert!(scene.read("a").is_stale);
    scene.start("b");
    scene.until_changed("b", "a");
    assert!(!scene.read("a").is_stale, "two of three know what there is to know");
}

fn restart_after_kill(scene: &mut Scene<'_>) {
    scene.begin();
    let before = scene.generation("a", "c");
    scene.kill("c");
    scene.until_seen("a", "c", "down");
    assert_eq!(scene.generation("a", "c"), before, "it is the start that died");
    scene.start("c");
    scene.until_whole(&["a", "b", "c"]);
    for node in ["a", "b", "c"] {
        assert!(scene.generation(node, "c") > before, "{node} knows the later start");
    }
    scene.picture("a");
    scene.change("b", "c", "ok");
}

fn crash_loop(scene: &mut Scene<'_>) {
    scene.begin();
    let mut last = scene.generation("a", "c");
    for _ in 0..3 {
        scene.kill("c");
        scene.until_seen("a", "c", "down");
        scene.start("c");
        scene.until_seen("a", "c", "up");
        let generation = scene.generation("a", "c");
        assert!(generation > last, "each start is later than the one before");
        last = generation;
    }
    scene.until_whole(&["a", "b", "c"]);
    scene.picture("b");
    scene.change("b", "c", "ok");
}

fn restart_of_all(scene: &mut Scene<'_>) {
    scene.begin();
    for node in ["a", "b", "c"] {
        scene.kill(node);
    }
    scene.start("c");
    scene.until_verdict("c", "forming");
    scene.change("c", "c", "cluster_forming");
    scene.start("a");
    scene.start("b");
    scene.until_whole(&["a", "b", "c"]);
    scene.picture("c");
    scene.change("c", "a", "ok");
}
