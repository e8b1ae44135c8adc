//! A process of node c is ended, restarted, asked and paused through node a.

use std::thread;

use serde_json::{Value, json};

use super::surface::on_both;
use crate::harness::{until, violations};

#[test]
fn a_process_is_ended_in_each_way() {
    on_both(|a| {
        let counter = a.start("counter", "stopped", &json!({}));
        let ended = a.delete(&format!("{counter}?reason=done")).ok(200);
        assert_eq!((&ended["mode"], &ended["ended"]), (&json!("stop"), &json!(true)), "{ended}");
        a.until_gone(&counter);
        a.get("/processes/stopped").problem(404, "not_found");

        // A handler that waits is not waited for, but for a kill.
        let stuck = a.start("stuck", "killed", &json!({ "hang_ms": 3_600_000 }));
        a.until(&stuck, "it hangs", |row| row["counts"]["handling"]["waits"] == true);
        let waits = a.delete(&format!("{stuck}?timeout_ms=1")).ok(200);
        assert_eq!(waits["ended"], false);
        assert!(waits["detail"].as_str().unwrap().contains("mode=kill"), "{waits}");
        let ended = a.delete(&format!("{stuck}?mode=kill")).ok(200);
        assert_eq!((&ended["ended"], &ended["status"]), (&json!(true), &json!("stopped")));
        a.until_gone(&stuck);

        let stuck = a.start("stuck", "drained", &json!({ "hang_ms": 400 }));
        a.send(&stuck, &json!({ "hang": { "duration_ms": 400 } })).ok(200);
        let drains = a.delete(&format!("{stuck}?mode=drain&timeout_ms=1")).ok(200);
        assert_eq!((&drains["ended"], &drains["status"]), (&json!(false), &json!("draining")));
        assert!(drains["detail"].as_str().unwrap().contains("handled: 1"), "{drains}");
        let refused = a.send(&stuck, &json!("count")).problem(409, "conflict");
        assert!(refused["detail"].as_str().unwrap().contains("draining"), "{refused}");
        a.until_gone(&stuck);

        a.delete("/processes/c.1.2").problem(404, "not_found");
        let bad = a.delete("/processes/x?mode=slay&timeout_ms=0").problem(422, "invalid_input");
        assert_eq!(violations(&bad).len(), 2);
    });
}

#[test]
fn what_keeps_the_node_alive_is_protected() {
    on_both(|a| {
        let internal = a.list("kind=internal&node=c");
        assert!(!internal.is_empty() && internal.iter().all(|row| row["protected"] == true));
        for row in internal {
            let process = format!("/processes/{}", row["pid"].as_str().unwrap());
            for mode in ["kill", "stop", "drain"] {
                a.delete(&format!("{process}?mode={mode}")).problem(403, "forbidden");
            }
            for action in ["restart", "pause", "resume"] {
                a.post(&format!("{process}/{action}"), &json!({})).problem(403, "forbidden");
            }
            a.send(&process, &json!(1)).problem(403, "forbidden");
        }
        assert!(a.list("kind=internal&node=c").iter().all(|row| row["status"] == "running"));
    });
}

#[test]
fn what_would_take_a_protected_process_with_it_is_refused() {
    on_both(|a| {
        let above = a.post("/test/guarding/c", &json!({})).ok(201);
        let above = format!("/processes/{}", above.as_str().unwrap());
        let refused = a.delete(&format!("{above}?mode=kill")).problem(403, "forbidden");
        assert!(refused["detail"].as_str().unwrap().contains("below it"), "{refused}");
        assert_eq!(a.get(&above).ok(200)["children"], 1);
    });
}

#[test]
fn a_process_is_replaced_by_one_whoever_asks_meanwhile() {
    on_both(|a| {
        let stuck = a.start("stuck", "replaced", &json!({ "hang_ms": 3_600_000 }));
        let restart = format!("{stuck}/restart");
        let mut answers = thread::scope(|scope| {
            let ask = || a.post(&restart, &json!({ "timeout_ms": 1000 })).status;
            let asked: Vec<_> = (0..3).map(|_| scope.spawn(ask)).collect();
            asked.into_iter().map(|one| one.join().unwrap()).collect::<Vec<u16>>()
        });
        answers.sort_unstable();
        assert_eq!(answers, [200, 409, 409]);
        a.until_gone(&stuck);
        assert_eq!(a.list("name=replaced").len(), 1);
        a.delete("/processes/replaced?mode=kill").ok(200);
    });
}

#[test]
fn a_process_starts_again_with_its_name_and_a_new_state() {
    on_both(|a| {
        let counter = a.start("counter", "again", &json!({ "start": 40 }));
        a.send(&counter, &json!({ "add": 2 })).ok(200);
        assert_eq!(a.call(&counter, &json!("get")), 42);
        let restarted = a.post("/processes/again/restart", &json!({})).ok(200);
        assert_eq!(format!("/processes/{}", restarted["previous"].as_str().unwrap()), counter);
        assert_eq!(restarted["name"], "again");
        a.until_gone(&counter);
        assert_eq!(a.call("/processes/again", &json!("get")), 40);
        let row = a.get("/processes/again").ok(200);
        assert_eq!((&row["pid"], &row["counts"]["restarts"]), (&restarted["pid"], &json!(0)));
        assert_eq!(row["started_from"]["arguments"], json!({ "start": 40 }));

        // A handler that does not end in time is killed.
        let stuck = a.start("stuck", "stands", &json!({ "hang_ms": 3_600_000 }));
        a.post(&format!("{stuck}/restart"), &json!({ "timeout_ms": 50 })).ok(200);
        a.until_gone(&stuck);

        a.start("tree", "supervises", &json!({ "branches": 1, "leaves": 1 }));
        let [branch] = &a.list("supervisor=supervises")[..] else { panic!("one branch") };
        let branch = format!("/processes/{}", branch["pid"].as_str().unwrap());
        let refused = a.post(&format!("{branch}/restart"), &json!({})).problem(409, "conflict");
        assert!(refused["detail"].as_str().unwrap().contains("blueprint"), "{refused}");
        assert!(refused["suggestion"].as_str().unwrap().contains("DELETE"), "{refused}");
    });
}

#[test]
fn a_process_understands_messages_and_shows_its_state() {
    on_both(|a| {
        let counter = a.start("counter", "asked", &json!({}));
        let known = a.get(&counter).ok(200);
        let names: Vec<&Value> =
            known["messages"].as_array().unwrap().iter().map(|one| &one["name"]).collect();
        assert_eq!(names, ["add", "get"]);
        assert!(known["message_schema"]["oneOf"].is_array() && known["state_offered"] == true);

        a.send(&counter, &json!({ "add": 5 })).ok(200);
        assert_eq!(a.call(&counter, &json!("get")), 5);
        let state = a.get(&format!("{counter}/state")).ok(200);
        assert_eq!(state["state"], json!({ "count": 5 }));
        let counts = a.get(&counter).ok(200)["counts"].clone();
        assert_eq!((&counts["sent"], &counts["handled"]), (&json!(2), &json!(2)));

        for (message, pointer) in [
            (json!({ "add": "x" }), "body message /message/add"),
            (json!({ "add": 5, "get": null }), "body message /message/get"),
            (json!("shout"), "body message /message"),
        ] {
            let bad = a.send(&counter, &message).problem(422, "invalid_input");
            assert_eq!(violations(&bad), [pointer], "{message}");
        }
        let call = json!({ "message": { "add": 5 }, "mode": "call" });
        let bad = a.post(&format!("{counter}/message"), &call).problem(422, "invalid_input");
        assert_eq!(violations(&bad), ["body mode /mode"]);
        assert_eq!(a.call(&counter, &json!("get")), 5, "nothing of it was sent");

        let leaky = a.start("leaky", "not offered", &json!({}));
        let refused = a.send(&leaky, &json!("work")).problem(409, "conflict");
        assert!(refused["suggestion"].as_str().unwrap().contains("#[message(json)]"), "{refused}");
    });
}

#[test]
fn a_busy_process_says_why_it_does_not_answer() {
    on_both(|a| {
        let stuck = a.start("stuck", "busy", &json!({ "hang_ms": 3_600_000 }));
        let call = json!({ "message": "count", "mode": "call", "timeout_ms": 100 });
        let late = a.post(&format!("{stuck}/message"), &call).problem(504, "distributed_timeout");
        assert!(late["detail"].as_str().unwrap().contains("its handler has run"), "{late}");
        let late = a.get(&format!("{stuck}/state?timeout_ms=100"));
        let late = late.problem(504, "distributed_timeout");
        assert!(late["detail"].as_str().unwrap().contains("its handler has run"), "{late}");
    });
}

#[test]
fn a_paused_process_takes_no_messages_until_it_is_resumed() {
    on_both(|a| {
        let counter = a.start("counter", "paused", &json!({}));
        let paused =
            a.post(&format!("{counter}/pause"), &json!({ "duration_ms": 3_600_000 })).ok(200);
        assert_eq!((&paused["paused"], &paused["was_paused"]), (&json!(true), &json!(false)));
        for _ in 0..3 {
            a.send(&counter, &json!({ "add": 1 })).ok(200);
        }
        let row = a.get(&counter).ok(200);
        assert_eq!(
            (&row["counts"]["mailbox_depth"], &row["counts"]["handled"]),
            (&json!(3), &json!(0))
        );
        assert!(row["counts"]["paused_for_ms"].as_u64().unwrap() > 3_000_000, "{row}");
        assert_eq!(row["health"]["status"], "warning");
        assert_eq!(a.get(&format!("{counter}/state")).ok(200)["state"]["count"], 0);
        let call = json!({ "message": "get", "mode": "call", "timeout_ms": 50 });
        let late = a.post(&format!("{counter}/message"), &call).problem(504, "distributed_timeout");
        assert!(late["detail"].as_str().unwrap().contains("paused"), "{late}");

        let resumed = a.post(&format!("{counter}/resume"), &json!({})).ok(200);
        assert_eq!((&resumed["paused"], &resumed["was_paused"]), (&json!(false), &json!(true)));
        assert_eq!(a.call(&counter, &json!("get")), 3, "none was lost");
        let again = a.post(&format!("{counter}/resume"), &json!({})).ok(200);
        assert_eq!(again["was_paused"], false);

        // A pause ends by itself, and does not keep a process from being stopped.
        a.post(&format!("{counter}/pause"), &json!({ "duration_ms": 50 })).ok(200);
        assert_eq!(a.call(&counter, &json!("get")), 3);
        a.post(&format!("{counter}/pause"), &json!({})).ok(200);
        a.send(&counter, &json!({ "add": 1 })).ok(200);
        assert_eq!(a.delete(&counter).ok(200)["ended"], true);
    });
}

#[test]
fn a_process_starts_where_it_is_asked_for() {
    on_both(|a| {
        let tree = a.start("tree", "above", &json!({}));
        let request = json!({ "blueprint": "counter", "name": "below", "supervisor": "above" });
        let started = a.post("/processes", &request).ok(201);
        let pid = started["pid"].as_str().unwrap();
        assert!(pid.starts_with("c."), "on the node of its supervisor: {pid}");
        assert_eq!(format!("/processes/{}", started["supervisor"].as_str().unwrap()), tree);
        let here = a.post("/processes", &json!({ "blueprint": "counter" })).ok(201);
        assert!(here["pid"].as_str().unwrap().starts_with("a."), "{here}");

        let taken =
            a.post("/processes", &json!({ "node": "c", "blueprint": "counter", "name": "below" }));
        assert!(taken.problem(409, "conflict")["detail"].as_str().unwrap().contains("below"));
        let unknown = a.post("/processes", &json!({ "blueprint": "nothing", "node": "c" }));
        let unknown = unknown.problem(422, "invalid_input");
        assert_eq!(violations(&unknown), ["body blueprint /blueprint"]);
        assert!(unknown["suggestion"].as_str().unwrap().contains("counter"), "{unknown}");
        let wrong = json!({ "blueprint": "counter", "arguments": { "start": "x" }, "node": "c" });
        let wrong = a.post("/processes", &wrong).problem(422, "invalid_input");
        assert_eq!(violations(&wrong), ["body arguments /arguments/start"]);
        let nowhere = json!({ "blueprint": "counter", "supervisor": "nobody" });
        a.post("/processes", &nowhere).problem(404, "not_found");
        a.post("/processes", &json!({ "blueprint": "counter", "node": "z" }))
            .problem(404, "not_found");
        let free = a.get("/processes/below").ok(200);
        assert_eq!(free["pid"], pid);
    });
}

#[test]
fn a_start_that_is_tried_is_refused_like_the_real_one_and_starts_nothing() {
    on_both(|a| {
        a.start("tree", "tried", &json!({}));
        let nodes = |request: &Value| -> Value {
            let tried = a.tried("/processes", request);
            let plan: Value = serde_json::from_str(&tried.text()).unwrap();
            assert_eq!((tried.status, &plan["operation"]), (200, &json!("process.start")));
            plan["nodes"].clone()
        };
        let below = json!({ "blueprint": "counter", "name": "free", "supervisor": "tried" });
        assert_eq!(nodes(&below), json!([{ "node": "c", "reachable": true }]));
        let on_b = json!({ "blueprint": "counter", "node": "b" });
        assert_eq!(nodes(&on_b), json!([{ "node": "b", "reachable": true }]));
        assert_eq!(nodes(&json!({ "blueprint": "counter" }))[0]["node"], "a");
        for (request, status) in [
            (json!({ "blueprint": "nothing" }), 422),
            (json!({ "blueprint": "counter", "arguments": { "start": "x" }, "node": "b" }), 422),
            (json!({ "blueprint": "counter", "name": "a.1.2" }), 422),
            (json!({ "blueprint": "counter", "supervisor": "nobody" }), 404),
            (json!({ "blueprint": "counter", "supervisor": "tried", "node": "b" }), 404),
            (json!({ "blueprint": "counter", "node": "z" }), 404),
            (json!({ "blueprint": "counter", "name": "tried", "node": "c" }), 409),
        ] {
            let tried = a.tried("/processes", &request);
            let real = a.post("/processes", &request);
            assert_eq!((tried.status, real.status), (status, status), "{request} {}", tried.text());
        }
        a.get("/processes/free").problem(404, "not_found");
        assert_eq!(a.list("supervisor=tried").len(), 2, "its branches");
        a.delete("/processes/tried").ok(200);
    });
}

#[test]
fn a_name_is_free_again_whoever_supervised_what_had_it() {
    on_both(|a| {
        a.start("tree", "above", &json!({ "branches": 1, "leaves": 1 }));
        let request = json!({ "blueprint": "fragile", "name": "below", "supervisor": "above" });
        let first = a.post("/processes", &request).ok(201);
        let first = format!("/processes/{}", first["pid"].as_str().unwrap());
        a.send(&first, &json!("error")).ok(200);
        a.until_gone(&first);
        until("its name is free", || match a.post("/processes", &request) {
            answer if answer.status == 201 => Ok(()),
            answer => Err(answer.text()),
        });
        a.delete("/processes/above").ok(200);
    });
}
