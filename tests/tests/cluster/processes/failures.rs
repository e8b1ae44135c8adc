//! What failed lately, on whichever node.

use serde_json::{Value, json};

use super::surface::on_both;
use crate::harness::until;

#[test]
fn failures_of_all_nodes_are_listed_with_what_was_said() {
    on_both(|a| {
        assert_eq!(a.rows("/cluster/failures"), [] as [Value; 0]);
        let errs = a.start("fragile", "errs", &json!({}));
        a.send(&errs, &json!("error")).ok(200);
        a.until_gone(&errs);
        let by_itself = json!({
            "blueprint": "fragile", "name": "by itself", "node": "b",
            "arguments": { "fail_after_ms": 1 },
        });
        a.post("/processes", &by_itself).ok(201);
        until("it has failed by itself", || {
            let rows = a.rows("/cluster/failures?node=b");
            if rows.len() == 1 { Ok(()) } else { Err(json!(rows).to_string()) }
        });
        let panics = a.start("fragile", "panics", &json!({}));
        a.send(&panics, &json!("panic")).ok(200);
        a.until_gone(&panics);

        let all = until("all three are remembered", || {
            let rows = a.rows("/cluster/failures");
            if rows.len() == 3 { Ok(rows) } else { Err(json!(rows).to_string()) }
        });
        let names: Vec<&Value> = all.iter().map(|row| &row["name"]).collect();
        assert_eq!(names, ["panics", "by itself", "errs"], "the last one first");
        assert_eq!(a.one_by_one("/cluster/failures?type=Fragile"), all);
        let [panicked, _, erred] = &all[..] else { panic!("three") };
        assert_eq!(panicked["error"], "panicked: asked to panic");
        let location = panicked["location"].as_str().unwrap();
        assert!(location.contains("fragile.rs:"), "{location}");
        assert_eq!((&erred["error"], &erred["node"]), (&json!("asked to fail"), &json!("c")));
        assert!(erred.get("location").is_none(), "{erred}");
        assert_eq!((&erred["type"], &erred["handled"]), (&json!("Fragile"), &json!(1)));
        assert!(erred["supervisor"].as_str().unwrap().starts_with("c."), "{erred}");
        assert_eq!(errs, format!("/processes/{}", erred["pid"].as_str().unwrap()));
        assert!(a.rows("/cluster/failures?type=Counter").is_empty());
        assert_eq!(a.rows("/cluster/failures?name=pan*").len(), 1);
        a.get("/cluster/failures?cursor=bm9uc2Vuc2U").problem(422, "invalid_input");

        for (process, said) in [(&errs, ": asked to fail"), (&panics, ": panicked: asked to panic")]
        {
            let gone = a.get(process).problem(410, "gone");
            let detail = gone["detail"].as_str().unwrap();
            assert!(detail.contains("is gone: it failed") && detail.ends_with(said), "{gone}");
        }
    });
}
