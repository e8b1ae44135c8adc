//! What is wrong with a cluster is found by one query each, and the answer says why it stands on top.

use serde_json::{Value, json};

use super::surface::on_both;
use crate::harness::until;

fn reasons(row: &Value) -> String {
    row["health"]["reasons"].to_string()
}

#[test]
fn mailboxes_that_grow_are_on_top() {
    on_both(|a| {
        a.start("counter", "idle", &json!({}));
        for number in 0..10 {
            let node = ["a", "b", "c"][number % 3];
            let leaky = json!({
                "blueprint": "leaky", "name": format!("leak-{number}"), "node": node,
                "arguments": { "per_second": 1000, "handling_ms": 1000 },
            });
            a.post("/processes", &leaky).ok(201);
        }
        let top = until("ten mailboxes have grown", || {
            let top = a.list("sort=mailbox_depth&limit=10");
            let grown = |row: &Value| row["counts"]["mailbox_depth"].as_u64() > Some(1000);
            if top.len() == 10 && top.iter().all(grown) {
                Ok(top)
            } else {
                Err(json!(top).to_string())
            }
        });
        for row in &top {
            assert_eq!(
                (&row["type"], &row["rank"]["by"]),
                (&json!("Leaky"), &json!("mailbox_depth"))
            );
            // One is read after the other, while messages come.
            let depth = row["counts"]["mailbox_depth"].as_i64().unwrap();
            assert!((depth - row["rank"]["value"].as_i64().unwrap()).abs() < 1000, "{row}");
            assert!(reasons(row).contains("messages wait in its mailbox"), "{row}");
        }
        // The same by what grows, while it grows.
        let growing = a.list("sort=sent&window_ms=200&limit=1");
        assert!(growing[0]["rank"]["value"].as_i64().unwrap() > 0, "{growing:?}");
        assert!(
            (200..20_000).contains(&growing[0]["counts"]["rates"]["over_ms"].as_u64().unwrap())
        );
        let oldest = a.list("sort=oldest_message_age&limit=1");
        assert_eq!(oldest[0]["type"], "Leaky");
        for number in 0..10 {
            a.delete(&format!("/processes/leak-{number}?mode=kill")).ok(200);
        }
    });
}

#[test]
fn a_stuck_handler_is_on_top() {
    on_both(|a| {
        let stuck = a.start("stuck", "stands still", &json!({ "hang_ms": 3_600_000 }));
        let row = until("it is stuck for five seconds", || {
            let top = a.list("sort=handling_time&limit=1").remove(0);
            if reasons(&top).contains("its handler of `hang` has run") {
                Ok(top)
            } else {
                Err(top.to_string())
            }
        });
        assert_eq!(format!("/processes/{}", row["pid"].as_str().unwrap()), stuck);
        assert_eq!(row["rank"]["by"], "handling_time");
        assert!(row["rank"]["value"].as_i64().unwrap() >= 5000, "{row}");
        assert_eq!(row["counts"]["handling"]["message"], "hang");
        a.delete(&format!("{stuck}?mode=kill")).ok(200);
    });
}

#[test]
fn what_is_started_again_and_again_is_on_top() {
    on_both(|a| {
        a.start("tree", "loops", &json!({ "branches": 1, "leaves": 1 }));
        for times in 1..=4 {
            let branch = a.list("supervisor=loops").remove(0);
            let branch = format!("/processes/{}", branch["pid"].as_str().unwrap());
            a.send(&branch, &json!("fail")).ok(200);
            a.until_gone(&branch);
            until("another has taken its place", || {
                let top = a.list("sort=restarts&limit=1").remove(0);
                if top["rank"]["value"] == times { Ok(()) } else { Err(top.to_string()) }
            });
        }
        let top = a.list("sort=restarts&limit=1").remove(0);
        assert_eq!((&top["type"], &top["counts"]["restarts"]), (&json!("Tree"), &json!(4)));
        assert!(reasons(&top).contains("took the place of one that failed"), "{top}");
        let above = a.list("sort=children_failed&limit=1").remove(0);
        assert_eq!(above["health"]["status"], "warning");
        assert!(reasons(&above).contains("4 of its children failed in a row"), "{above}");
        let ailing = a.list("health=warning");
        assert_eq!(ailing.len(), 2, "it, and what is started again and again: {ailing:?}");
        assert!(ailing.iter().all(|row| row["health"]["status"] == "warning"));
        assert!(a.list("health=critical").is_empty());
        assert!(a.list("health=ok&name=loops").is_empty());
        assert_eq!((&above["name"], &above["children_failed"]), (&json!("loops"), &json!(4)));
        a.delete("/processes/loops?mode=kill").ok(200);
    });
}

#[test]
fn filters_and_pages_go_together() {
    on_both(|a| {
        for number in 0..7 {
            a.start("counter", &format!("paged-{number}"), &json!({}));
        }
        for (query, count) in [
            ("name=paged-", 7),
            ("name=paged-*", 7),
            ("name=paged-3", 1),
            ("name=*-3", 1),
            ("name=paged-&type=Count*", 7),
            ("name=paged-&type=Ticker", 0),
            ("name=paged-&status=running&kind=worker&instrumented=true", 7),
            ("name=paged-&instrumented=false", 0),
            ("name=paged-&kind=supervisor", 0),
            ("name=paged-&node=c", 7),
            ("name=paged-&health=ok", 7),
            ("name=paged-&health=ok&sort=handled", 7),
            ("health=critical", 0),
            ("health=ok&instrumented=false", 0),
        ] {
            let listed = a.get(&format!("/cluster/processes?{query}")).ok(200);
            assert_eq!(listed["data"]["items"].as_array().unwrap().len(), count, "{query}");
        }
        let by_handled = |order: &str| -> Vec<Value> {
            let (mut names, mut cursor) = (Vec::new(), String::new());
            for _ in 0..10 {
                let query = format!("name=paged-&sort=handled&order={order}&limit=3{cursor}");
                let page = a.get(&format!("/cluster/processes?{query}")).ok(200);
                let rows = page["data"]["items"].as_array().unwrap().clone();
                names.extend(rows.into_iter().map(|row| row["name"].clone()));
                match page["data"]["next_cursor"].as_str() {
                    Some(next) => cursor = format!("&cursor={next}"),
                    None => return names,
                }
                // What comes and goes meanwhile moves no other row.
                a.delete("/processes/comes");
                a.start("counter", "comes", &json!({}));
            }
            panic!("the pages do not end");
        };
        let first = a.get("/cluster/processes?sort=age&limit=1").ok(200);
        let cursor = first["data"]["next_cursor"].as_str().unwrap();
        a.get(&format!("/cluster/processes?sort=age&limit=1&cursor={cursor}")).ok(200);
        for other in ["sort=handled", "sort=age&order=asc", "sort=age&window_ms=100", ""] {
            let path = format!("/cluster/processes?{other}&cursor={cursor}");
            a.get(&path).problem(422, "invalid_input");
        }
        a.get(&format!("/cluster/failures?cursor={cursor}")).problem(422, "invalid_input");
        for number in 0..7 {
            for _ in 0..number {
                a.send(&format!("/processes/paged-{number}"), &json!({ "add": 1 })).ok(200);
            }
            let reached = format!("/processes/paged-{number}");
            a.until(&reached, "it has handled all", |row| row["counts"]["handled"] == number);
        }
        let up: Vec<String> = (0..7).map(|number| format!("paged-{number}")).collect();
        assert_eq!(by_handled("asc"), up);
        assert_eq!(by_handled("desc"), up.into_iter().rev().collect::<Vec<_>>());
        for nobody in ["nobody", "nobody@z", "z.1.2"] {
            let path = format!("/cluster/processes?supervisor={nobody}");
            let detail = a.get(&path).problem(404, "not_found")["detail"].clone();
            let named = if nobody == "nobody" { nobody } else { "`z`" };
            assert!(detail.as_str().unwrap().contains(named), "{detail}");
        }
        assert!(a.list("supervisor=paged-0").is_empty(), "it has no children");
        let there = a.get("/cluster/processes?supervisor=nobody@c").ok(200);
        assert_eq!(there["failures"][0]["code"], "not_found", "{there}");
        a.get("/cluster/processes?supervisor=nobody@c&node=c").problem(404, "not_found");
        a.get("/cluster/processes?cursor=bm9uc2Vuc2U").problem(422, "invalid_input");
        a.get("/cluster/processes?sort=luck").problem(422, "invalid_input");
    });
}

#[test]
fn what_is_of_arsenal_itself_is_listed_where_it_is_asked_for() {
    on_both(|a| {
        a.start("tree", "own", &json!({ "branches": 1, "leaves": 1 }));
        let kinds = |query: &str| -> Vec<String> {
            let rows = a.list(query);
            let mut kinds: Vec<String> =
                rows.iter().map(|row| row["kind"].as_str().unwrap().to_owned()).collect();
            kinds.sort();
            kinds.dedup();
            kinds
        };
        let own = ["supervisor", "worker"];
        for query in ["", "instrumented=true", "sort=age", "window_ms=100", "sort=children"] {
            assert!(!kinds(query).contains(&String::from("internal")), "{query}");
        }
        assert_eq!(kinds(""), own);
        assert_eq!(kinds("kind=internal"), ["internal"]);
        assert_eq!(kinds("include_internal=true"), ["internal", "supervisor", "worker"]);
        assert_eq!(a.one_by_one("/cluster/processes?").len(), a.list("").len());
        let busiest = a.list("sort=busy&limit=1").remove(0);
        assert_eq!(busiest["rank"]["unit"], "us", "{busiest}");
        a.delete("/processes/own").ok(200);
    });
}
