//! Requests that meet a fault: what the caller is told, and what runs.

use std::time::Duration;

use serde_json::json;

use super::{Needs, Scenario, three};
use crate::{
    scene::{Scene, change},
    stage::Request,
};

const SANDBOXES: &str = "/api/v1/cluster/sandboxes";

/// What the caller says that it waits.
const DEADLINE: Duration = Duration::from_millis(600);

/// How much later than its deadline an answer may come, on a loaded machine.
const LATE_MAX: Duration = Duration::from_secs(2);

pub(super) const SCENARIOS: &[Scenario] = &[
    Scenario {
        name: "deadline_to_a_cut_node",
        shows: "before the cut is noticed a request costs its deadline, and is told that it may have run",
        needs: Needs::Cuts,
        nodes: three,
        play: deadline_to_a_cut_node,
    },
    Scenario {
        name: "deadline_to_a_frozen_node",
        shows: "the same of a node that stands still; a read of all gives what the others know",
        needs: Needs::Nothing,
        nodes: three,
        play: deadline_to_a_frozen_node,
    },
    Scenario {
        name: "nothing_runs_late_after_a_heal",
        shows: "what was sent over a cut link does not run when it arrives after its deadline",
        needs: Needs::Cuts,
        nodes: three,
        play: nothing_runs_late_after_a_heal,
    },
    Scenario {
        name: "nothing_runs_late_after_a_thaw",
        shows: "what was sent to a frozen node does not run when it wakes up",
        needs: Needs::Nothing,
        nodes: three,
        play: nothing_runs_late_after_a_thaw,
    },
];

fn deadline_to_a_cut_node(scene: &mut Scene<'_>) {
    scene.begin();
    scene.cut(&["c"], &["a", "b"]);
    let answer = asked_in_time(scene, &change("c").within(DEADLINE));
    assert_eq!((answer.status, answer.code()), (504, "distributed_timeout"), "{}", answer.body);
    scene.until_seen("a", "c", "down");
    scene.until_verdict("a", "majority");
    scene.change("a", "c", "node_unavailable");
}

fn deadline_to_a_frozen_node(scene: &mut Scene<'_>) {
    scene.begin();
    scene.freeze("c");
    let read = Request::get("/api/v1/cluster/processes").within(DEADLINE);
    let answer = asked_in_time(scene, &read);
    assert!(answer.status == 200 && answer.is_partial, "{answer}");
    assert_eq!(answer.body["nodes"], json!({ "asked": 3, "answered": 2 }), "{}", answer.body);
    scene.until_seen("a", "c", "down");
    scene.thaw("c");
    scene.until_whole(&["a", "b", "c"]);
    assert!(!scene.read("a").is_partial);
}

fn asked_in_time(scene: &mut Scene<'_>, request: &Request) -> crate::stage::Answer {
    let begun = scene.now();
    let answer = scene.ask("a", request);
    let took = scene.now().saturating_sub(begun);
    let is_in_time = took >= DEADLINE.mul_f32(0.9) && took <= DEADLINE + LATE_MAX;
    assert!(is_in_time, "answered after {took:?}");
    answer
}

fn nothing_runs_late_after_a_heal(scene: &mut Scene<'_>) {
    scene.begin();
    scene.cut(&["c"], &["a", "b"]);
    post_counters(scene);
    // The path still stands, and what was written to it is still on its way.
    scene.heal();
    assert_nothing_runs(scene);
}

fn nothing_runs_late_after_a_thaw(scene: &mut Scene<'_>) {
    scene.begin();
    scene.freeze("c");
    post_counters(scene);
    scene.thaw("c");
    assert_nothing_runs(scene);
}

/// Asks `c`, which does not answer, to start something.
fn post_counters(scene: &mut Scene<'_>) {
    let body = json!({
        "name": "late", "nodes": ["c"], "children": [{ "blueprint": "counter", "count": 3 }],
    });
    let answer = scene.answer("a", &Request::post(SANDBOXES, body).within(DEADLINE));
    let answer = answer.expect("a answers");
    assert_eq!(answer.code(), "distributed_timeout", "{}", answer.body);
    scene.observe("a has given up");
}

fn assert_nothing_runs(scene: &mut Scene<'_>) {
    scene.until_whole(&["a", "b", "c"]);
    scene.stays("nothing runs on c", Duration::from_secs(2), |scene| {
        let path = "/api/v1/cluster/processes?type=Counter&node=c";
        let answer = scene.answer("c", &Request::get(path))?;
        let items = &answer.body["data"]["items"];
        if *items == json!([]) { Ok(()) } else { Err(answer.body.to_string()) }
    });
    scene.picture("c");
    scene.change("a", "c", "ok");
}
