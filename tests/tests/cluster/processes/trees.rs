//! Who supervises whom in the whole cluster, seen from node a.

use serde_json::{Value, json};

use super::surface::{Surface, on_both};

fn trees(a: &Surface<'_>, query: &str) -> Value {
    a.get(&format!("/cluster/supervision-trees?{query}")).ok(200)
}

/// The tree of node c below this process.
fn below(a: &Surface<'_>, root: &str, query: &str) -> Value {
    let mut found = trees(a, &format!("root={root}{query}"));
    assert_eq!(found["nodes"], json!({ "asked": 3, "answered": 3 }), "{found}");
    for other in ["a", "b"] {
        let nothing = json!({ "roots": [], "processes": 0, "shown": 0 });
        assert_eq!(found["data"][other], nothing, "{found}");
    }
    found["data"]["c"].take()
}

#[test]
fn a_tree_is_shown_as_deep_as_is_asked_for() {
    on_both(|a| {
        let path = a.start("tree", "oak", &json!({ "branches": 2, "leaves": 3 }));
        let whole = below(a, "oak", "");
        assert_eq!((&whole["processes"], &whole["shown"]), (&json!(9), &json!(9)), "{whole}");
        let oak = &whole["roots"][0];
        assert_eq!((&oak["name"], &oak["type"]), (&json!("oak"), &json!("Tree")));
        assert_eq!((&oak["kind"], &oak["failing"]), (&json!("supervisor"), &json!(false)));
        assert_eq!(path, format!("/processes/{}", oak["pid"].as_str().unwrap()));
        for branch in oak["children"].as_array().unwrap() {
            assert_eq!(branch["children_total"], 3);
            let leaves = branch["children"].as_array().unwrap();
            assert!(leaves.len() == 3 && leaves.iter().all(|leaf| leaf["kind"] == "worker"));
        }
        assert_eq!(below(a, oak["pid"].as_str().unwrap(), ""), whole, "by its id, too");

        let flat = below(a, "oak", "&depth=1");
        let omitted = json!({ "processes": 8, "by": "depth" });
        assert_eq!((&flat["shown"], &flat["roots"][0]["omitted"]), (&json!(1), &omitted));
        let few = below(a, "oak", "&limit=2");
        let omitted = json!({ "processes": 4, "by": "limit" });
        assert_eq!((&few["processes"], &few["shown"]), (&json!(9), &json!(2)));
        assert_eq!(few["roots"][0]["omitted"], omitted, "{few}");

        a.get("/cluster/supervision-trees?depth=61").problem(422, "invalid_input");
        a.delete(&path).ok(200);
        a.until_gone(&path);
        for nobody in ["nobody", "oak@z", "z.1.2"] {
            let path = format!("/cluster/supervision-trees?root={nobody}");
            a.get(&path).problem(404, "not_found");
        }
        let gone = trees(a, &format!("root={}", path.trim_start_matches("/processes/")));
        let failure = &gone["failures"][0];
        assert_eq!((&failure["node"], &failure["code"]), (&json!("c"), &json!("gone")), "{gone}");
    });
}

/// The types and names on the only path of a tree, down to its end.
fn path(trees: &Value) -> Vec<Value> {
    let mut rows = vec![trees["roots"][0].clone()];
    while let Some(child) = rows.last().unwrap()["children"].as_array().cloned() {
        assert_eq!(child.len(), 1, "{trees}");
        rows.extend(child);
    }
    rows
}

#[test]
fn paths_to_what_fails_and_to_what_is_looked_for_stand_out() {
    on_both(|a| {
        a.start("tree", "elm", &json!({ "branches": 2, "leaves": 2 }));
        let calm = trees(a, "failing=true");
        for node in ["a", "b", "c"] {
            assert_eq!(calm["data"][node]["roots"], json!([]), "{calm}");
        }
        let branch = a.list("supervisor=elm").remove(0)["pid"].as_str().unwrap().to_owned();
        let leaf = a.list(&format!("supervisor={branch}")).remove(0);
        let leaf_path = format!("/processes/{}", leaf["pid"].as_str().unwrap());
        a.post(&format!("{leaf_path}/pause"), &json!({ "duration_ms": 3_600_000 })).ok(200);

        let failing = trees(a, "failing=true&node=c")["data"]["c"].take();
        let rows = path(&failing);
        assert!(rows.iter().all(|row| row["failing"] == true), "{failing}");
        let [.., elm, middle, last] = &rows[..] else { panic!("{failing}") };
        assert_eq!((&elm["name"], &middle["pid"]), (&json!("elm"), &json!(branch)));
        assert!(elm.get("health").is_none() && middle.get("health").is_none(), "{failing}");
        assert_eq!((&last["pid"], &last["health"]["status"]), (&leaf["pid"], &json!("warning")));
        assert!(last["health"]["reasons"].to_string().contains("paused"), "{failing}");
        assert_eq!(rows[0]["kind"], "internal", "all hangs below the node");
        // It is known to fail where it is not shown.
        let shallow = trees(a, "failing=true&depth=1")["data"]["c"].take();
        assert_eq!(shallow["roots"][0]["failing"], true, "{shallow}");
        assert_eq!(shallow["roots"][0]["omitted"]["by"], "depth");

        let named = trees(a, "name=elm")["data"]["c"].take();
        let rows = path(&named);
        assert_eq!(rows.last().unwrap()["name"], "elm", "{named}");
        assert_eq!(named["processes"], rows.len());
        assert_eq!(trees(a, "name=elm")["data"]["a"]["processes"], 0);
        assert_eq!(trees(a, "type=Nothing")["data"]["c"]["processes"], 0);
        a.post(&format!("{leaf_path}/resume"), &json!({})).ok(200);
        assert_eq!(trees(a, "failing=true")["data"]["c"]["processes"], 0);
        a.delete("/processes/elm").ok(200);
    });
}
