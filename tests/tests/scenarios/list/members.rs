//! Nodes come and go as they are meant to.

use super::{Needs, Scenario, three};
use crate::{
    scene::Scene,
    stage::{Plan, Request},
};

const SANDBOXES: &str = "/api/v1/cluster/sandboxes";

pub(super) const SCENARIOS: &[Scenario] = &[
    Scenario {
        name: "start",
        shows: "three nodes find each other; each one changes something on each",
        needs: Needs::Nothing,
        nodes: three,
        play: start,
    },
    Scenario {
        name: "forming",
        shows: "the first of three voters refuses changes; two may decide once that has been stable",
        needs: Needs::Nothing,
        nodes: three,
        play: forming,
    },
    Scenario {
        name: "join_of_an_observer",
        shows: "a fourth node joins, takes over the voters, and does not vote",
        needs: Needs::Nothing,
        nodes: three_and_an_observer,
        play: join_of_an_observer,
    },
    Scenario {
        name: "late_node_learns_facts",
        shows: "who comes late knows which start of each node runs, and what was made before",
        needs: Needs::Nothing,
        nodes: three_and_an_observer,
        play: late_node_learns_facts,
    },
    Scenario {
        name: "leave",
        shows: "who leaves on purpose has left, and is asked for nothing any more",
        needs: Needs::Nothing,
        nodes: three,
        play: leave,
    },
    Scenario {
        name: "rolling_restart",
        shows: "each node is restarted in turn; the others answer all the time",
        needs: Needs::Nothing,
        nodes: three,
        play: rolling_restart,
    },
];

fn three_and_an_observer() -> Vec<Plan> {
    let observer = Plan::new("d", &[]).joining(&["a", "b", "c"]).observer();
    three().into_iter().chain([observer]).collect()
}

fn start(scene: &mut Scene<'_>) {
    scene.begin();
    for node in ["a", "b", "c"] {
        scene.picture(node);
        let read = scene.read(node);
        assert_eq!(read.body["nodes"]["answered"], 3, "{}", read.body);
        assert!(!read.is_stale && !read.is_partial, "{read}");
        for target in ["a", "b", "c"] {
            assert_eq!(scene.change(node, target, "ok").body, target, "it ran there");
        }
    }
}

fn forming(scene: &mut Scene<'_>) {
    scene.start("b");
    scene.until_verdict("b", "forming");
    scene.picture("b");
    let refused = scene.change("b", "b", "cluster_forming");
    assert_eq!(refused.status, 503, "{}", refused.body);
    assert!(!scene.read("b").is_stale, "nobody knows more than it does");
    scene.start("a");
    scene.until_seen("b", "a", "up");
    scene.change("b", "b", "cluster_forming");
    scene.until_verdict("b", "majority");
    scene.until_verdict("a", "majority");
    scene.picture("b");
    scene.change("b", "a", "ok");
    scene.start("c");
    scene.until_whole(&["a", "b", "c"]);
}

fn join_of_an_observer(scene: &mut Scene<'_>) {
    for node in ["a", "b", "c"] {
        scene.start(node);
    }
    scene.until_whole(&["a", "b", "c"]);
    scene.start("d");
    for node in ["a", "b", "c"] {
        scene.until_seen(node, "d", "up");
    }
    scene.until("d is known to be an observer", |scene| {
        let role = scene.seen("a", "d")?["role"].clone();
        if role == "observer" { Ok(()) } else { Err(role.to_string()) }
    });
    scene.until_whole(&["a", "b", "c", "d"]);
    scene.picture("d");
    scene.change("d", "a", "ok");
    scene.change("a", "d", "ok");
}

fn late_node_learns_facts(scene: &mut Scene<'_>) {
    for node in ["a", "b", "c"] {
        scene.start(node);
    }
    scene.until_whole(&["a", "b", "c"]);
    scene.kill("b");
    scene.until_seen("a", "b", "down");
    scene.start("b");
    scene.until_whole(&["a", "b", "c"]);
    let body = serde_json::json!({
        "name": "early", "nodes": ["a"], "children": [{ "blueprint": "counter", "count": 2 }],
    });
    let created = scene.ask("c", &Request::post(SANDBOXES, body));
    assert_eq!(created.status, 201, "{}", created.body);
    scene.start("d");
    scene.until_whole(&["a", "b", "c", "d"]);
    for node in ["a", "b", "c"] {
        scene.until(&format!("d knows of {node} what {node} says itself"), |scene| {
            let own = scene.seen(node, node)?;
            let known = scene.seen("d", node)?;
            let differs = ["generation", "version", "cluster_address", "started_at"]
                .into_iter()
                .find(|fact| own[fact] != known[fact]);
            differs.map_or(Ok(()), |fact| Err(format!("{fact} of {node}: {known}")))
        });
    }
    let listed = scene.ask("d", &Request::get(SANDBOXES)).body;
    let sandboxes = listed["data"]["items"].as_array().map_or(0, Vec::len);
    scene.observe(format!("d lists {sandboxes} sandbox"));
    assert_eq!(sandboxes, 1, "{listed}");
}

fn leave(scene: &mut Scene<'_>) {
    scene.begin();
    scene.leave("c");
    for node in ["a", "b"] {
        scene.until_seen(node, "c", "left");
        let read = scene.read(node);
        assert_eq!(read.body["nodes"]["asked"], 2, "nobody expects it to answer: {}", read.body);
        assert!(!read.is_partial, "{read}");
    }
    scene.until_verdict("a", "majority");
    scene.until_verdict("b", "majority");
    scene.picture("a");
    scene.change("a", "b", "ok");
    scene.start("c");
    scene.until_whole(&["a", "b", "c"]);
}

fn rolling_restart(scene: &mut Scene<'_>) {
    scene.begin();
    let before = ["a", "b", "c"].map(|node| scene.generation(node, node));
    for (node, other) in [("a", "b"), ("b", "c"), ("c", "a")] {
        scene.leave(node);
        scene.until_seen(other, node, "left");
        assert!(!scene.read(other).is_stale, "the others go on");
        scene.start(node);
        scene.until_whole(&["a", "b", "c"]);
        scene.change(other, node, "ok");
    }
    for (node, before) in ["a", "b", "c"].into_iter().zip(before) {
        assert!(scene.generation("a", node) > before, "each runs anew");
    }
    scene.picture("b");
}
