//! The warehouse on real processes, without Arsenal and with it; and whether its README tells the truth.

#[cfg(test)]
mod patch;
#[cfg(test)]
mod process;
#[cfg(test)]
mod readme;

#[cfg(test)]
mod checks {
    use std::time::Duration;

    use serde_json::Value;
    use tokio::time::{Instant, sleep};

    use super::process::{Node, two_nodes, until};

    /// The packers of two nodes.
    const PACKERS: &str = "4";

    /// For how long nothing may change any more: Arsenal has found the other node by then.
    const WATCHED: Duration = Duration::from_secs(5);

    const BEFORE: &str = env!("CARGO_BIN_EXE_before");
    const AFTER: &str = env!("CARGO_BIN_EXE_after");

    /// Both nodes have the packers of both, and neither ever saw more.
    async fn assert_packers(nodes: &[Node; 2]) {
        let count = |node: &Node| node.get("/packers").1;
        until(|| nodes.iter().all(|node| count(node) == PACKERS), "all packers are there").await;
        let begun = Instant::now();
        while begun.elapsed() < WATCHED {
            for node in nodes {
                assert_eq!(count(node), PACKERS, "the group changed");
            }
            sleep(Duration::from_millis(50)).await;
        }
    }

    /// The processes of both nodes, once both tell them: a node is known before there is a path to it.
    async fn processes(node: &Node) -> Vec<Value> {
        let answer = || -> Value {
            let path = "/arsenal/api/v1/cluster/processes?limit=1000&include_internal=true";
            serde_json::from_str(&node.get(path).1).unwrap()
        };
        until(|| answer()["nodes"]["answered"] == 2, "both nodes answer").await;
        answer()["data"]["items"].as_array().unwrap().clone()
    }

    /// How many nodes live, as Arsenal sees it.
    fn alive(node: &Node) -> usize {
        let answer = node.get("/arsenal/api/v1/cluster/status").1;
        let answer: Value = serde_json::from_str(&answer).unwrap();
        answer["quorum"]["live"].as_array().unwrap().len()
    }

    #[tokio::test]
    async fn the_groups_of_the_program_are_what_they_were() {
        assert_packers(&two_nodes(BEFORE).await).await;
        let nodes = two_nodes(AFTER).await;
        until(|| nodes.iter().all(|node| alive(node) == 2), "the nodes found each other").await;
        assert_packers(&nodes).await;
    }

    #[tokio::test]
    async fn actors_that_nobody_touched_appear_with_their_names_on_both_nodes() {
        for asked in &two_nodes(AFTER).await {
            let rows = processes(asked).await;
            for node in ["a", "b"] {
                for name in ["tally", "packer-1", "packer-2", "nodes"] {
                    let is_it = |row: &&Value| row["node"] == node && row["ractor_name"] == name;
                    let found: Vec<&Value> = rows.iter().filter(is_it).collect();
                    let [row] = found.as_slice() else { panic!("{name} of {node}: {found:?}") };
                    assert_eq!(row["status"], "running", "{row}");
                }
            }
            for row in &rows {
                let is_touched =
                    row["ractor_name"].as_str().is_some_and(|it| it.contains("packer"));
                if is_touched {
                    assert_eq!(
                        (&row["instrumented"], &row["type"]),
                        (&true.into(), &"Packer".into())
                    );
                } else if row["ractor_name"] == "tally" {
                    assert_eq!(row["instrumented"], false, "{row}");
                    let is_known = |key| row.get(key).is_some();
                    assert!(!["type", "counts", "health"].into_iter().any(is_known), "{row}");
                }
            }
        }
    }

    #[tokio::test]
    async fn the_program_serves_what_it_did() {
        for program in [BEFORE, AFTER] {
            let [a, b] = two_nodes(program).await;
            until(|| a.get("/packers").1 == PACKERS, "all packers are there").await;
            let packed: Vec<String> =
                (0..4).map(|_| a.send("POST", "/orders/lamp", None)).map(|it| it.1).collect();
            for node in ["a", "b"] {
                let by = packed.iter().filter(|text| text.contains(&format!("on {node},"))).count();
                assert_eq!(by, 2, "{packed:?}");
            }
            assert_eq!(a.get("/orders"), (200, String::from("4")));
            assert_eq!(b.get("/orders"), (200, String::from("0")));
            let unknown = (404, String::from("the warehouse has no such page"));
            assert_eq!(a.get("/api/v1/cluster/processes"), unknown);
        }
    }

    #[tokio::test]
    async fn what_changes_something_needs_the_token() {
        let [a, _b] = two_nodes(AFTER).await;
        let path = "/arsenal/api/v1/simulation";
        assert_eq!(
            a.get("/arsenal/api/v1/cluster/status").0,
            200,
            "a person at this machine reads"
        );
        assert_eq!(a.send("DELETE", path, None).0, 401, "and changes nothing");
        assert_eq!(a.send("DELETE", path, Some("Bearer wrong")).0, 401);
        let token = format!("Bearer {}", a.token());
        let (status, answer) = a.send("DELETE", path, Some(&token));
        assert!(![401, 403].contains(&status), "{status}: {answer}");
        let (status, answer) = a.ask_as("shop.example", "/arsenal/api/v1/cluster/status");
        assert_eq!(status, 403, "a name that is not that of this machine: {answer}");
        assert_eq!(a.ask_as("shop.example", "/packers").0, 200, "the program has its own rules");
    }

    #[tokio::test]
    async fn a_program_that_ends_tells_so() {
        let [a, mut b] = two_nodes(AFTER).await;
        until(|| alive(&a) == 2, "the nodes found each other").await;
        b.interrupt();
        until(|| a.get("/packers").1 == "2", "the packers of the other node are gone").await;
        until(|| alive(&a) == 1, "the other node has left").await;
    }
}
