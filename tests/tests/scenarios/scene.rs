//! The words that scenarios are written in: break something, wait for a state, ask. The same on every
//! stage; each check that holds becomes an observation, and those of two stages are compared.

use std::time::Duration;

use serde_json::{Value, json};

use crate::{
    detection::{Detected, Figure},
    stage::{Answer, Kind, Plan, Request, Stage},
};

/// How long a state may take to come, where no bound of its own is checked.
const PATIENCE: Duration = Duration::from_secs(25);

/// How often it is looked whether it has come.
const LOOK_EVERY: Duration = Duration::from_millis(20);

/// A cluster with the scenario that is played on it.
pub(crate) struct Scene<'a> {
    stage: &'a mut dyn Stage,
    plans: &'a [Plan],
    /// When something was broken or mended last.
    fault_at: Duration,
    observed: Vec<String>,
    figures: Vec<Figure>,
}

/// What a scenario has shown.
#[derive(Debug, Default)]
pub(crate) struct Shown {
    pub(crate) observed: Vec<String>,
    pub(crate) figures: Vec<Figure>,
}

impl<'a> Scene<'a> {
    pub(crate) fn new(stage: &'a mut dyn Stage, plans: &'a [Plan]) -> Self {
        let (observed, figures) = (Vec::new(), Vec::new());
        Self { stage, plans, fault_at: Duration::ZERO, observed, figures }
    }

    pub(crate) fn shown(self) -> Shown {
        Shown { observed: self.observed, figures: self.figures }
    }

    pub(crate) fn now(&self) -> Duration {
        self.stage.now()
    }

    pub(crate) fn kind(&self) -> Kind {
        self.stage.kind()
    }

    /// Starts all nodes, and waits until each sees all voters.
    pub(crate) fn begin(&mut self) {
        let labels = self.labels();
        for node in &labels {
            self.start(node);
        }
        self.until_whole(&labels);
    }

    pub(crate) fn start(&mut self, node: &str) {
        self.note_fault();
        let node = self.index(node);
        self.stage.start(node);
    }

    pub(crate) fn leave(&mut self, node: &str) {
        self.note_fault();
        let node = self.index(node);
        self.stage.leave(node);
    }

    pub(crate) fn kill(&mut self, node: &str) {
        self.note_fault();
        let node = self.index(node);
        self.stage.kill(node);
    }

    pub(crate) fn freeze(&mut self, node: &str) {
        self.note_fault();
        let node = self.index(node);
        self.stage.freeze(node);
    }

    pub(crate) fn thaw(&mut self, node: &str) {
        self.note_fault();
        let node = self.index(node);
        self.stage.thaw(node);
    }

    /// Cuts one direction between each of these and each of those.
    pub(crate) fn cut_one_way(&mut self, from: &[&str], to: &[&str]) {
        self.note_fault();
        for from in from {
            for to in to {
                let (from, to) = (self.index(from), self.index(to));
                self.stage.cut(from, to);
            }
        }
    }

    pub(crate) fn cut(&mut self, here: &[&str], there: &[&str]) {
        self.note_fault();
        let begun = self.fault_at;
        self.cut_one_way(here, there);
        self.cut_one_way(there, here);
        self.fault_at = begun;
    }

    pub(crate) fn heal(&mut self) {
        self.note_fault();
        self.stage.heal();
    }

    pub(crate) fn slow(&mut self, one: &str, other: &str, delay: Duration) {
        self.note_fault();
        let (one, other) = (self.index(one), self.index(other));
        self.stage.slow(one, other, delay);
    }

    pub(crate) fn pass(&mut self, time: Duration) {
        self.stage.pass(time);
    }

    /// Waits until nodes see all voters and every node that they know is up.
    pub(crate) fn until_whole(&mut self, nodes: &[&str]) {
        for node in nodes {
            self.until(&format!("{node} sees the whole cluster"), |scene| {
                let picture = scene.picture_of(node)?;
                let is_whole = picture.verdict == "whole" || picture.verdict == "solo";
                let all_up = picture.nodes.iter().all(|(_, status)| status == "up");
                if is_whole && all_up && picture.nodes.len() >= nodes.len().min(scene.names()) {
                    Ok(())
                } else {
                    Err(picture.to_string())
                }
            });
        }
    }

    /// Waits until one node sees another like this. Gives the time since the fault.
    pub(crate) fn until_seen(&mut self, by: &str, node: &str, status: &str) -> Duration {
        self.until(&format!("{by} sees {node} {status}"), |scene| {
            let seen = scene.seen(by, node)?["status"].as_str().unwrap_or_default().to_owned();
            if seen == status { Ok(()) } else { Err(format!("it is {seen}")) }
        });
        self.stage.now().saturating_sub(self.fault_at)
    }

    /// The same for several nodes, within the bound of this kind of fault.
    pub(crate) fn until_detected(&mut self, what: Detected, seen: &[(&str, &str, &str)]) {
        for (by, node, status) in seen {
            let after = self.until_seen(by, node, status);
            self.figures.push(Figure { what, after });
            let bound = what.bound(self.kind());
            assert!(after <= bound, "{by} saw {node} {status} after {after:?}: at most {bound:?}");
        }
    }

    pub(crate) fn until_verdict(&mut self, by: &str, verdict: &str) -> Duration {
        self.until(&format!("{by} says {verdict}"), |scene| {
            let picture = scene.picture_of(by)?;
            if picture.verdict == verdict { Ok(()) } else { Err(picture.to_string()) }
        });
        self.stage.now().saturating_sub(self.fault_at)
    }

    /// Asks, and keeps what came back.
    pub(crate) fn ask(&mut self, node: &str, request: &Request) -> Answer {
        let answer = self.answer(node, request).unwrap_or_else(|missing| panic!("{missing}"));
        self.observe(format!("{node} answers {} {}: {answer}", request.method, request.path));
        answer
    }

    /// Asks one node for a change on another, which must end with this code.
    pub(crate) fn change(&mut self, on: &str, target: &str, code: &str) -> Answer {
        let answer = self.ask(on, &change(target));
        assert_eq!(answer.code(), code, "a change on {target}, asked of {on}: {}", answer.body);
        answer
    }

    /// Waits until a change is allowed again.
    pub(crate) fn until_changed(&mut self, on: &str, target: &str) -> Duration {
        self.until(&format!("{on} changes something on {target}"), |scene| {
            let answer = scene.answer(on, &change(target))?;
            if answer.code() == "ok" { Ok(()) } else { Err(answer.to_string()) }
        });
        self.stage.now().saturating_sub(self.fault_at)
    }

    /// Reads of all nodes, which is always allowed.
    pub(crate) fn read(&mut self, on: &str) -> Answer {
        let answer = self.ask(on, &Request::get("/api/v1/cluster/processes"));
        assert_eq!(answer.status, 200, "{}", answer.body);
        answer
    }

    /// Keeps how a node sees the cluster now.
    pub(crate) fn picture(&mut self, by: &str) {
        let picture = self.picture_of(by).unwrap_or_else(|missing| panic!("{missing}"));
        self.observe(format!("{by}: {picture}"));
    }

    /// What a node says of another.
    pub(crate) fn seen(&mut self, by: &str, node: &str) -> Result<Value, String> {
        let answer = self.answer(by, &Request::get("/api/v1/cluster/topology"))?;
        let nodes = answer.body["nodes"].as_array().ok_or("no topology")?;
        let found = nodes.iter().find(|seen| seen["name"] == node);
        found.cloned().ok_or_else(|| format!("{by} does not know {node}"))
    }

    /// Which start of a node another one knows.
    pub(crate) fn generation(&mut self, by: &str, node: &str) -> u64 {
        let seen = self.seen(by, node).unwrap_or_else(|missing| panic!("{missing}"));
        seen["generation"].as_u64().expect("it is a number")
    }

    pub(crate) fn observe(&mut self, what: impl Into<String>) {
        self.observed.push(what.into());
    }

    /// Does something of which nothing is kept but the figures: how often it is done may differ.
    pub(crate) fn unobserved(&mut self, work: impl FnOnce(&mut Self)) {
        let kept = self.observed.len();
        work(self);
        self.observed.truncate(kept);
    }

    /// Looks until there is something. `Err` says what is still missing.
    pub(crate) fn until<T>(
        &mut self,
        what: &str,
        look: impl Fn(&mut Self) -> Result<T, String>,
    ) -> T {
        let begun = self.stage.now();
        loop {
            match look(self) {
                Ok(found) => {
                    self.observe(what);
                    return found;
                }
                Err(missing) if self.stage.now() >= begun + PATIENCE => {
                    panic!("waited in vain until {what}: {missing}")
                }
                Err(_) => self.stage.pass(LOOK_EVERY),
            }
        }
    }

    /// Looks for a while, and fails as soon as it does not hold.
    pub(crate) fn stays(
        &mut self,
        what: &str,
        how_long: Duration,
        look: impl Fn(&mut Self) -> Result<(), String>,
    ) {
        let end = self.stage.now() + how_long;
        while self.stage.now() < end {
            look(self).unwrap_or_else(|wrong| panic!("it does not stay so that {what}: {wrong}"));
            self.stage.pass(LOOK_EVERY);
        }
        self.observe(format!("it stays so that {what}"));
    }

    /// The answer, without keeping it.
    pub(crate) fn answer(&mut self, node: &str, request: &Request) -> Result<Answer, String> {
        let index = self.index(node);
        self.stage.ask(index, request).ok_or_else(|| format!("{node} does not answer"))
    }

    fn picture_of(&mut self, by: &str) -> Result<Picture, String> {
        let status = self.answer(by, &Request::get("/api/v1/cluster/status"))?;
        let topology = self.answer(by, &Request::get("/api/v1/cluster/topology"))?;
        Ok(Picture::new(&status.body, &topology.body))
    }

    fn note_fault(&mut self) {
        self.fault_at = self.stage.now();
    }

    fn labels(&self) -> Vec<&'static str> {
        self.plans.iter().map(|plan| plan.label).collect()
    }

    /// How many different names there are.
    fn names(&self) -> usize {
        self.plans.iter().map(|plan| plan.name).collect::<std::collections::BTreeSet<_>>().len()
    }

    fn index(&self, label: &str) -> usize {
        let found = self.plans.iter().position(|plan| plan.label == label);
        found.unwrap_or_else(|| panic!("{label} is not planned"))
    }
}

/// A change that needs the majority, on one node.
pub(crate) fn change(target: &str) -> Request {
    Request::post(format!("/api/v1/test/place/{target}"), json!({}))
}

/// The cluster, as one node sees it.
struct Picture {
    verdict: String,
    live: String,
    missing: String,
    nodes: Vec<(String, String)>,
    sides: Vec<String>,
}

impl Picture {
    fn new(status: &Value, topology: &Value) -> Self {
        let text = |value: &Value| value.as_str().unwrap_or_default().to_owned();
        let list = |value: &Value| -> String {
            let items = value.as_array().into_iter().flatten();
            items.map(|item| item.as_str().unwrap_or_default()).collect::<Vec<_>>().join(" ")
        };
        let nodes = topology["nodes"].as_array().into_iter().flatten();
        let sides = topology["partitions"].as_array().into_iter().flatten();
        let quorum = &status["quorum"];
        Self {
            verdict: text(&quorum["verdict"]),
            live: list(&quorum["live"]),
            missing: list(&quorum["missing"]),
            nodes: nodes.map(|node| (text(&node["name"]), text(&node["status"]))).collect(),
            sides: sides.map(|side| list(&side["members"])).collect(),
        }
    }
}

impl std::fmt::Display for Picture {
    fn fmt(&self, formatter: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        let nodes: Vec<String> =
            self.nodes.iter().map(|(name, status)| format!("{name} {status}")).collect();
        let (nodes, sides) = (nodes.join(", "), self.sides.join(" | "));
        let Self { verdict, live, missing, .. } = self;
        write!(formatter, "{verdict}; live: {live}; missing: {missing}; {nodes}; sides: {sides}")
    }
}
