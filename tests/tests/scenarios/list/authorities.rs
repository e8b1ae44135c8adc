//! Who may decide: lists of voters, observers, two authorities.

use std::time::Duration;

use super::{Needs, Scenario, three};
use crate::{
    scene::Scene,
    stage::{Plan, Request, voters},
};

pub(super) const SCENARIOS: &[Scenario] = &[
    Scenario {
        name: "solo",
        shows: "one node with nothing to join decides alone",
        needs: Needs::Nothing,
        nodes: solo_nodes,
        play: solo,
    },
    Scenario {
        name: "join_of_a_solo_node",
        shows: "who joins a node that decides alone is ruled by it",
        needs: Needs::Nothing,
        nodes: joined_solo,
        play: join_of_a_solo_node,
    },
    Scenario {
        name: "two_solo_nodes_meet",
        shows: "two nodes that each decided alone meet: split brain, nothing is changed any more",
        needs: Needs::Nothing,
        nodes: two_solo,
        play: two_solo_nodes_meet,
    },
    Scenario {
        name: "wrong_voters",
        shows: "a node with another list of voters stops the cluster, also after it is gone",
        needs: Needs::Nothing,
        nodes: with_wrong_voters,
        play: wrong_voters,
    },
    Scenario {
        name: "duplicate_name",
        shows: "a second process with the name of a live node is refused, and the cluster goes on",
        needs: Needs::Nothing,
        nodes: with_an_impostor,
        play: duplicate_name,
    },
    Scenario {
        name: "nobody_votes",
        shows: "where everybody joins and nobody votes, nothing can be decided, and the status says why",
        needs: Needs::Nothing,
        nodes: without_voters,
        play: nobody_votes,
    },
    Scenario {
        name: "observer_does_not_vote",
        shows: "one of three voters and an observer are no majority",
        needs: Needs::Nothing,
        nodes: voters_and_observer,
        play: observer_does_not_vote,
    },
    Scenario {
        name: "two_voters",
        shows: "of two voters neither decides without the other",
        needs: Needs::Nothing,
        nodes: two,
        play: two_voters,
    },
];

fn solo_nodes() -> Vec<Plan> {
    vec![Plan::new("a", &[])]
}

fn joined_solo() -> Vec<Plan> {
    vec![Plan::new("a", &[]), Plan::new("b", &[]).joining(&["a"])]
}

fn two_solo() -> Vec<Plan> {
    vec![Plan::new("a", &[]), Plan::new("b", &["b"]).joining(&["a"])]
}

fn with_wrong_voters() -> Vec<Plan> {
    let wrong = Plan::new("c", &["a", "c", "d"]).joining(&["a", "b"]);
    let right = voters(&["a", "b", "c"]).into_iter().filter(|plan| plan.name != "c");
    right.chain([wrong]).collect()
}

fn with_an_impostor() -> Vec<Plan> {
    let impostor = Plan::new("c", &["a", "b", "c"]).joining(&["a", "b"]).called("impostor");
    three().into_iter().chain([impostor]).collect()
}

fn without_voters() -> Vec<Plan> {
    vec![Plan::new("a", &[]).joining(&["b"]), Plan::new("b", &[]).joining(&["a"])]
}

fn voters_and_observer() -> Vec<Plan> {
    three().into_iter().chain([Plan::new("d", &[]).joining(&["a"]).observer()]).collect()
}

fn two() -> Vec<Plan> {
    voters(&["a", "b"])
}

fn solo(scene: &mut Scene<'_>) {
    scene.start("a");
    scene.until_verdict("a", "solo");
    scene.picture("a");
    scene.change("a", "a", "ok");
    assert!(!scene.read("a").is_stale);
}

fn join_of_a_solo_node(scene: &mut Scene<'_>) {
    scene.start("a");
    scene.until_verdict("a", "solo");
    scene.start("b");
    scene.until_seen("a", "b", "up");
    scene.until_verdict("a", "whole");
    scene.until_verdict("b", "whole");
    scene.picture("b");
    scene.change("b", "a", "ok");
    scene.change("a", "b", "ok");
    let status = scene.ask("a", &Request::get("/api/v1/cluster/status")).body;
    let advice = status["advice"].as_str().unwrap_or_default();
    assert!(advice.contains("one node alone decides"), "{status}");
    scene.kill("a");
    scene.until_verdict("b", "minority");
    scene.change("b", "b", "minority_partition");
}

fn two_solo_nodes_meet(scene: &mut Scene<'_>) {
    scene.start("a");
    scene.until_verdict("a", "solo");
    scene.change("a", "a", "ok");
    scene.start("b");
    scene.until_verdict("a", "split_brain");
    scene.until_verdict("b", "split_brain");
    for node in ["a", "b"] {
        let refused = scene.change(node, node, "split_brain");
        assert_eq!(refused.status, 503, "{}", refused.body);
        assert!(scene.read(node).is_stale);
    }
    scene.kill("b");
    scene.until_seen("a", "b", "down");
    scene.stays("only a person ends it", Duration::from_secs(2), |scene| {
        let answer = scene.answer("a", &crate::scene::change("a"))?;
        if answer.code() == "split_brain" { Ok(()) } else { Err(answer.to_string()) }
    });
}

fn wrong_voters(scene: &mut Scene<'_>) {
    scene.start("a");
    scene.start("b");
    scene.until_verdict("a", "majority");
    scene.until_verdict("b", "majority");
    scene.change("a", "b", "ok");
    scene.start("c");
    for node in ["a", "b", "c"] {
        scene.until_verdict(node, "split_brain");
        scene.change(node, node, "split_brain");
    }
    scene.kill("c");
    scene.until_seen("a", "c", "down");
    scene.change("a", "a", "split_brain");
    scene.picture("a");
}

fn duplicate_name(scene: &mut Scene<'_>) {
    for node in ["a", "b", "c"] {
        scene.start(node);
    }
    scene.until_whole(&["a", "b", "c"]);
    let lawful = scene.generation("c", "c");
    scene.start("impostor");
    scene.stays("the lawful c is up", Duration::from_secs(5), |scene| {
        for by in ["a", "b"] {
            let seen = scene.seen(by, "c")?;
            if seen["status"] != "up" || seen["generation"] != lawful {
                return Err(format!("{by} sees {seen}"));
            }
            let answer = scene.answer(by, &crate::scene::change("c"))?;
            if answer.code() != "ok" {
                return Err(format!("{by}: {answer}"));
            }
        }
        let answer = scene.answer("impostor", &crate::scene::change("c"))?;
        if answer.status == 503 { Ok(()) } else { Err(format!("the impostor: {answer}")) }
    });
    let status = scene.ask("impostor", &Request::get("/api/v1/cluster/status")).body;
    let advice = status["advice"].as_str().unwrap_or_default();
    assert!(advice.contains("holds the name c") && advice.contains("--name"), "{status}");
    scene.kill("impostor");
    scene.until_whole(&["a", "b", "c"]);
    scene.picture("a");
    scene.change("c", "a", "ok");
}

fn nobody_votes(scene: &mut Scene<'_>) {
    scene.start("a");
    scene.start("b");
    scene.until_seen("a", "b", "up");
    scene.until_seen("b", "a", "up");
    for node in ["a", "b"] {
        scene.until_verdict(node, "forming");
        scene.picture(node);
        scene.change(node, node, "cluster_forming");
        let status = scene.ask(node, &Request::get("/api/v1/cluster/status")).body;
        let advice = status["advice"].as_str().unwrap_or_default();
        assert!(advice.contains("--voters"), "{status}");
    }
}

fn observer_does_not_vote(scene: &mut Scene<'_>) {
    scene.begin();
    scene.kill("b");
    scene.kill("c");
    scene.until_seen("a", "b", "down");
    scene.until_seen("d", "c", "down");
    scene.until_verdict("a", "minority");
    scene.until_verdict("d", "minority");
    scene.picture("d");
    scene.change("d", "a", "minority_partition");
    scene.change("a", "d", "minority_partition");
    assert!(scene.read("d").is_stale);
}

fn two_voters(scene: &mut Scene<'_>) {
    scene.begin();
    scene.change("a", "b", "ok");
    scene.kill("b");
    scene.until_verdict("a", "minority");
    scene.picture("a");
    scene.change("a", "a", "minority_partition");
    scene.start("b");
    scene.until_whole(&["a", "b"]);
    scene.change("b", "a", "ok");
}
