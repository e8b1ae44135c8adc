//! Errors of a user's own type, from whichever node they come.

use serde_json::json;

use crate::harness::Cluster;

#[test]
fn an_error_of_ones_own_is_the_same_from_every_node() {
    let cluster = Cluster::start(2);
    let buy = |node: &str, item: &str| {
        let path = format!("/api/v1/test/shops/{node}/buy");
        cluster.node("a").post(&path, &json!({ "item": item }))
    };
    for node in ["a", "b"] {
        let problem = buy(node, "tea").problem(409, "arsenal_tests.sold_out");
        assert_eq!(problem["detail"], format!("tea is sold out on node {node}"));
        assert_eq!(
            (&problem["title"], &problem["suggestion"]),
            (&json!("Sold out"), &json!("try another node"))
        );

        let problem = buy(node, "store").problem(503, "arsenal_tests.no_store");
        assert_eq!(problem["detail"], format!("the store of node {node} is not available"));
        assert!(!problem.to_string().contains("secret"), "{problem}");

        assert_eq!(buy(node, "air").ok(200), "air");
    }

    let everywhere = cluster.node("a").post("/api/v1/test/shops", &json!({}));
    let problem = everywhere.problem(409, "arsenal_tests.sold_out");
    let failures = problem["failures"].as_array().unwrap();
    assert_eq!(failures.len(), 2, "{problem}");
    for failure in failures {
        let pair = (&failure["code"], &failure["ran"]);
        assert_eq!(pair, (&json!("arsenal_tests.sold_out"), &json!("yes")), "{problem}");
    }

    let document = cluster.node("a").get("/openapi.json").ok(200);
    let responses = &document["paths"]["/api/v1/test/shops/{node}/buy"]["post"]["responses"];
    assert_eq!(responses["409"]["x-arsenal-codes"], json!(["arsenal_tests.sold_out"]));
}
