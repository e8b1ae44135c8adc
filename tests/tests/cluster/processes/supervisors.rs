//! Who supervises others, on all nodes.

use serde_json::{Value, json};

use super::surface::on_both;
use crate::harness::until;

fn pids(rows: &[Value]) -> Vec<&Value> {
    rows.iter().map(|row| &row["pid"]).collect()
}

#[test]
fn supervisors_are_listed_by_what_is_below_them() {
    on_both(|a| {
        a.start("tree", "wide", &json!({ "branches": 4, "leaves": 1 }));
        let elsewhere = json!({
            "blueprint": "tree", "name": "narrow", "node": "b",
            "arguments": { "branches": 1, "leaves": 3 },
        });
        a.post("/processes", &elsewhere).ok(201);
        let all = a.rows("/supervisors");
        assert_eq!(all.len(), 2 + 4 + 1, "{all:?}");
        assert!(all.iter().all(|row| row["kind"] == "supervisor"));
        assert!(all.is_sorted_by_key(|row| row["node"].as_str().unwrap()), "{all:?}");
        assert_eq!(pids(&a.one_by_one("/supervisors?type=Tree")), pids(&all));
        let with_internal = a.rows("/supervisors?include_internal=true");
        assert!(with_internal.iter().any(|row| row["kind"] == "internal"), "{with_internal:?}");
        assert!(with_internal.iter().all(|row| row["children"].as_u64() > Some(0)));
        assert_eq!(a.rows("/supervisors?node=b").len(), 2);

        let largest = a.rows("/supervisors?sort=children&limit=2");
        assert_eq!(largest[0]["name"], "wide");
        assert_eq!(largest[0]["rank"], json!({ "by": "children", "value": 4, "unit": "count" }));
        assert_eq!((&largest[1]["node"], &largest[1]["children"]), (&json!("b"), &json!(3)));
        let smallest = a.rows("/supervisors?sort=children&order=asc&limit=1");
        assert_eq!(smallest[0]["children"], 1);

        let branch = a.list("supervisor=wide").remove(0)["pid"].as_str().unwrap().to_owned();
        a.send(&format!("/processes/{branch}"), &json!("fail")).ok(200);
        let failed = until("its failure is counted", || {
            let rows: Vec<Value> = a.rows("/supervisors?sort=children_failed");
            if rows.len() == 1 { Ok(rows) } else { Err(json!(rows).to_string()) }
        });
        let row = &failed[0];
        assert_eq!((&row["name"], &row["children_failed"]), (&json!("wide"), &json!(1)));
        a.delete("/processes/wide").ok(200);
        a.delete("/processes/narrow").ok(200);
    });
}
