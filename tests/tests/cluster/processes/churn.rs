//! Thousands of actors come and go in a second while everything is looked at: no error, no drift, no leak.
//!
//! `ARSENAL_CHURN_SECONDS` says for how long; without it, for a few seconds.

use std::{
    env,
    sync::atomic::{AtomicBool, AtomicU64, Ordering},
    thread,
};

use serde_json::{Value, json};

use crate::harness::{Client, Cluster, until};

const PER_SECOND: u64 = 2000;

/// In each of so many beats one more is started from a blueprint, with a name.
const BEATS_PER_SECOND: u64 = 100;

/// How much the memory of a node may grow between half time and the end by noise: of the allocator, and
/// of what is remembered of the last thousands.
const NOISE_MAX: u64 = 24 << 20;

/// How much it may grow by for each actor that came and went, in bytes: less than anything that could be
/// forgotten of one. It counts where there were so many actors that it is more than the noise.
const LEAK_MAX: u64 = 150;

/// How long one request for churn takes: shorter than a client waits.
const ROUND_SECONDS: u64 = 4;

/// Tells those who look to stop, also where the test fails.
struct Over<'a>(&'a AtomicBool);

impl Drop for Over<'_> {
    fn drop(&mut self) {
        self.0.store(true, Ordering::Relaxed);
    }
}

fn seconds() -> u64 {
    env::var("ARSENAL_CHURN_SECONDS").map_or(8, |text| text.parse().expect("seconds"))
}

/// What is looked at all the time. Each answer must be whole.
const LOOKS: [&str; 6] = [
    "/api/v1/cluster/processes?limit=50",
    "/api/v1/cluster/processes?sort=age&order=asc&limit=50",
    "/api/v1/cluster/processes?sort=handled&window_ms=100&limit=10",
    "/api/v1/cluster/supervision-trees?limit=500",
    "/api/v1/supervisors",
    "/api/v1/cluster/topology?include_processes=true",
];

/// Looks until it is told to stop; answers how often.
fn look(client: &Client, is_over: &AtomicBool, [looked, traced]: [&AtomicU64; 2]) {
    while !is_over.load(Ordering::Relaxed) {
        for path in LOOKS {
            let answer = client.get(path).ok(200);
            let failures = answer.get("failures").cloned().unwrap_or_else(|| json!([]));
            assert_eq!(failures, json!([]), "{path}");
            looked.fetch_add(1, Ordering::Relaxed);
        }
        traced.fetch_add(trace_one(client), Ordering::Relaxed);
    }
}

/// Traces whatever is youngest for a moment, and says whether it was still there.
fn trace_one(client: &Client) -> u64 {
    let listed =
        client.get("/api/v1/cluster/processes?sort=age&order=asc&type=Teller&limit=1").ok(200);
    let Some(pid) = listed["data"]["items"][0]["pid"].as_str() else { return 0 };
    let path = format!("/api/v1/processes/{pid}/trace");
    let traced = client.post(&path, &json!({ "duration_ms": 50, "max_events": 20 }));
    assert!([201, 404, 410].contains(&traced.status), "{}", traced.text());
    u64::from(traced.status == 201)
}

fn memory(client: &Client, node: &str) -> u64 {
    let shown = client.get(&format!("/api/v1/cluster/nodes/{node}")).ok(200);
    shown["node"]["resources"]["memory_bytes"].as_u64().unwrap_or_default()
}

fn processes(client: &Client, node: &str) -> u64 {
    let shown = client.get(&format!("/api/v1/cluster/nodes/{node}")).ok(200);
    shown["node"]["processes"]["total"].as_u64().unwrap()
}

/// How many are counted on a node, whether or not ractor still has them.
fn recorded(client: &Client, node: &str) -> u64 {
    let shown = client.get(&format!("/api/v1/cluster/nodes/{node}")).ok(200);
    let by_type = &shown["node"]["processes"]["by_type"];
    let of_type = |name: &str| by_type[name].as_u64().unwrap_or_default();
    of_type("Teller") + of_type("Passing")
}

/// How many a node holds for started by Arsenal.
fn by_arsenal(client: &Client, node: &str) -> u64 {
    let shown = client.get(&format!("/api/v1/cluster/nodes/{node}")).ok(200);
    shown["node"]["processes"]["started_by_arsenal"].as_u64().unwrap()
}

/// The names of processes that come and go.
fn names(client: &Client) -> usize {
    let listed = client.get("/api/v1/registry?prefix=passing").ok(200);
    listed["data"]["items"].as_array().unwrap().len()
}

#[test]
fn nothing_drifts_while_actors_come_and_go() {
    let cluster = Cluster::start(3);
    let [a, b, c] = ["a", "b", "c"].map(|name| cluster.node(name));
    let (before, own_before) = (processes(a, "c"), by_arsenal(a, "c"));
    let (is_over, looked, traced) = (AtomicBool::new(false), AtomicU64::new(0), AtomicU64::new(0));
    let half = seconds().div_ceil(2 * ROUND_SECONDS);
    let round = || -> Value {
        let request = json!({ "per_second": PER_SECOND, "duration_ms": ROUND_SECONDS * 1000 });
        b.post("/api/v1/test/churn/c", &request).ok(200)
    };
    let churn = || (0..half).map(|_| round()).collect::<Vec<Value>>();
    let (rounds, grown) = thread::scope(|scope| {
        let over = Over(&is_over);
        let looking =
            [a, b, c].map(|client| scope.spawn(|| look(client, &is_over, [&looked, &traced])));
        let mut rounds = churn();
        let at_half = memory(a, "c");
        rounds.extend(churn());
        let grown = memory(a, "c").saturating_sub(at_half);
        drop(over);
        for one in looking {
            one.join().unwrap();
        }
        (rounds, grown)
    });
    let told = rounds.len();
    assert!(looked.load(Ordering::Relaxed) > 30, "{looked:?}");
    assert!(traced.load(Ordering::Relaxed) > 0, "nothing was traced");
    for churned in rounds {
        assert_eq!(churned["started"], PER_SECOND * ROUND_SECONDS);
        assert_eq!(churned["named"], BEATS_PER_SECOND * ROUND_SECONDS);
        let counter = format!("/api/v1/processes/{}", churned["counter"].as_str().unwrap());
        let counts = until("the counter has been told all", || {
            let counts = a.get(&counter).ok(200)["counts"].clone();
            if counts["handled"] == churned["started"] {
                Ok(counts)
            } else {
                Err(counts.to_string())
            }
        });
        assert_eq!((&counts["sent"], &counts["mailbox_depth"]), (&churned["started"], &json!(0)));
    }
    until("all but the counters have gone", || {
        let left = a.get("/api/v1/cluster/processes?type=Teller").ok(200);
        let left = left["data"]["items"].as_array().unwrap().len();
        let (now, recorded) = (processes(a, "c"), recorded(a, "c"));
        let (own, names) = (by_arsenal(a, "c"), names(a));
        if (left, now, recorded) == (told, before + told as u64, told as u64)
            && (own, names) == (own_before, 0)
        {
            Ok(())
        } else {
            Err(format!("{left} {now} {before} {recorded} {own} {own_before} {names}"))
        }
    });
    let started = PER_SECOND * ROUND_SECONDS * half;
    let growth_max = NOISE_MAX.max(LEAK_MAX * started);
    assert!(grown < growth_max, "{grown} bytes more in the second half, by {started} actors");
}
