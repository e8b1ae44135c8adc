//! Nodes that stand still for a while: a virtual machine that is paused, a process that is stopped.

use std::time::Duration;

use super::{Needs, Scenario, three};
use crate::{detection::Detected, scene::Scene};

pub(super) const SCENARIOS: &[Scenario] = &[
    Scenario {
        name: "freeze",
        shows: "a frozen node keeps its connections, and is down all the same",
        needs: Needs::Nothing,
        nodes: three,
        play: freeze,
    },
    Scenario {
        name: "thaw_within_a_second",
        shows: "a node that stood still for less than a second was never away",
        needs: Needs::Nothing,
        nodes: three,
        play: thaw_within_a_second,
    },
    Scenario {
        name: "thaw",
        shows: "a node that stood still for long is back as the same start",
        needs: Needs::Nothing,
        nodes: three,
        play: thaw,
    },
    Scenario {
        name: "paused_self",
        shows: "a node that wakes up cut off does not decide by the verdict of before its pause",
        needs: Needs::Cuts,
        nodes: three,
        play: paused_self,
    },
    Scenario {
        name: "majority_paused",
        shows: "two of three nodes stand still: the third is a minority, until they go on",
        needs: Needs::Nothing,
        nodes: three,
        play: majority_paused,
    },
];

fn freeze(scene: &mut Scene<'_>) {
    scene.begin();
    scene.freeze("c");
    scene.until_detected(Detected::Freeze, &[("a", "c", "down"), ("b", "c", "down")]);
    scene.change("a", "a", "cluster_unstable");
    scene.until_verdict("a", "majority");
    scene.until_verdict("b", "majority");
    scene.picture("a");
    scene.change("a", "c", "node_unavailable");
    scene.thaw("c");
    scene.until_detected(Detected::Thaw, &[("a", "c", "up"), ("b", "c", "up")]);
}

fn thaw_within_a_second(scene: &mut Scene<'_>) {
    scene.begin();
    // A verdict from just now would be older than the pause.
    let since = |scene: &mut Scene<'_>, by: &str| -> String {
        let seen = scene.seen(by, "c").expect("it is known");
        assert_eq!(seen["status"], "up", "{seen}");
        seen["since"].as_str().expect("a time").to_owned()
    };
    let before = ["a", "b"].map(|by| since(scene, by));
    scene.freeze("c");
    scene.pass(Duration::from_millis(800));
    scene.thaw("c");
    scene.stays("c is up all the time", Duration::from_secs(2), |scene| {
        let after = ["a", "b"].map(|by| since(scene, by));
        if after == before { Ok(()) } else { Err(format!("{before:?} {after:?}")) }
    });
    scene.picture("c");
    scene.change("a", "c", "ok");
}

fn thaw(scene: &mut Scene<'_>) {
    scene.begin();
    let before = scene.generation("a", "c");
    scene.freeze("c");
    scene.until_seen("a", "c", "down");
    scene.until_verdict("a", "majority");
    scene.thaw("c");
    scene.until_detected(Detected::Thaw, &[("a", "c", "up"), ("b", "c", "up"), ("c", "a", "up")]);
    scene.until_whole(&["a", "b", "c"]);
    assert_eq!(scene.generation("b", "c"), before, "it never ended");
    scene.picture("c");
    scene.change("c", "a", "ok");
}

fn paused_self(scene: &mut Scene<'_>) {
    scene.begin();
    scene.freeze("c");
    // Nobody tells it what has happened meanwhile: all that it has is its last verdict.
    scene.cut(&["a", "b"], &["c"]);
    scene.until_verdict("a", "majority");
    scene.until_verdict("b", "majority");
    scene.change("a", "b", "ok");
    scene.thaw("c");
    let answer = scene.answer("c", &crate::scene::change("c")).expect("it answers");
    let is_refused = ["cluster_unstable", "minority_partition"].contains(&answer.code());
    assert!(is_refused, "it may not decide: {}", answer.body);
    scene.observe("c refuses at once what is asked of it when it wakes up");
    scene.until_verdict("c", "minority");
    scene.change("c", "c", "minority_partition");
    scene.heal();
    scene.until_whole(&["a", "b", "c"]);
    scene.change("c", "c", "ok");
}

fn majority_paused(scene: &mut Scene<'_>) {
    scene.begin();
    scene.freeze("b");
    scene.freeze("c");
    scene.until_detected(Detected::Freeze, &[("a", "b", "down"), ("a", "c", "down")]);
    scene.until_verdict("a", "minority");
    scene.change("a", "a", "minority_partition");
    scene.thaw("b");
    scene.thaw("c");
    scene.until_whole(&["a", "b", "c"]);
    scene.picture("b");
    scene.change("c", "a", "ok");
}
