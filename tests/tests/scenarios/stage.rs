//! What a scenario may do to a cluster, whatever that is made of.

use std::{fmt, time::Duration};

use serde_json::Value;

/// One node of a scenario. Nothing of it runs until it is started.
#[derive(Clone, Debug)]
pub(crate) struct Plan {
    /// What the scenario calls it: its name, unless two nodes have the same.
    pub(crate) label: &'static str,
    /// The name that it takes.
    pub(crate) name: &'static str,
    /// The voters that it is told; none where the list is empty.
    pub(crate) voters: Vec<&'static str>,
    /// The labels of the nodes that it joins.
    pub(crate) joins: Vec<&'static str>,
    pub(crate) is_observer: bool,
}

/// A request to one node, as an administrator would send it.
#[derive(Clone, Debug)]
pub(crate) struct Request {
    pub(crate) method: &'static str,
    pub(crate) path: String,
    pub(crate) body: Option<Value>,
    /// How long the caller waits, as it tells the node.
    pub(crate) deadline: Option<Duration>,
}

/// What came back.
#[derive(Clone, Debug)]
pub(crate) struct Answer {
    pub(crate) status: u16,
    /// `Arsenal-Stale`
    pub(crate) is_stale: bool,
    /// `Arsenal-Partial`
    pub(crate) is_partial: bool,
    pub(crate) body: Value,
}

/// Which of the two a stage is.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Kind {
    Simulated,
    Real,
}

/// Nodes that can be started, broken and asked. They are numbered as they were planned.
pub(crate) trait Stage {
    fn kind(&self) -> Kind;

    fn start(&mut self, node: usize);

    /// Asks it to end, and waits until it has.
    fn leave(&mut self, node: usize);

    /// Ends it at once; its kernel closes its connections.
    fn kill(&mut self, node: usize);

    fn freeze(&mut self, node: usize);

    fn thaw(&mut self, node: usize);

    /// Nothing gets from the one to the other any more, and nobody is told.
    fn cut(&mut self, from: usize, to: usize);

    /// Ends all cuts.
    fn heal(&mut self);

    /// What two nodes send each other takes this much longer.
    fn slow(&mut self, one: usize, other: usize, delay: Duration);

    /// None where nobody answers.
    fn ask(&mut self, node: usize, request: &Request) -> Option<Answer>;

    /// The time since the stage was set.
    fn now(&self) -> Duration;

    /// Lets time pass.
    fn pass(&mut self, time: Duration);
}

impl Plan {
    /// A node that is told these voters, and joins nobody.
    pub(crate) fn new(name: &'static str, voters: &[&'static str]) -> Self {
        let (voters, joins) = (voters.to_vec(), Vec::new());
        Self { label: name, name, voters, joins, is_observer: false }
    }

    pub(crate) fn joining(self, others: &[&'static str]) -> Self {
        Self { joins: others.to_vec(), ..self }
    }

    pub(crate) fn observer(self) -> Self {
        Self { is_observer: true, ..self }
    }

    pub(crate) fn called(self, label: &'static str) -> Self {
        Self { label, ..self }
    }
}

/// Nodes with these names that vote together, each joining all others.
pub(crate) fn voters(names: &[&'static str]) -> Vec<Plan> {
    let others = |name: &&'static str| -> Vec<&'static str> {
        names.iter().copied().filter(|other| other != name).collect()
    };
    names.iter().map(|name| Plan::new(name, names).joining(&others(name))).collect()
}

impl Request {
    pub(crate) fn get(path: impl Into<String>) -> Self {
        Self { method: "GET", path: path.into(), body: None, deadline: None }
    }

    pub(crate) fn post(path: impl Into<String>, body: Value) -> Self {
        Self { method: "POST", path: path.into(), body: Some(body), deadline: None }
    }

    pub(crate) fn within(self, deadline: Duration) -> Self {
        Self { deadline: Some(deadline), ..self }
    }
}

impl Answer {
    /// The code of a refusal; `ok` for a success.
    pub(crate) fn code(&self) -> &str {
        if self.status < 400 { "ok" } else { self.body["code"].as_str().unwrap_or("no code") }
    }
}

/// Without what differs from run to run: times, ids, addresses.
impl fmt::Display for Answer {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(formatter, "{} {}", self.status, self.code())?;
        if self.is_stale {
            formatter.write_str(", stale")?;
        }
        if self.is_partial {
            formatter.write_str(", partial")?;
        }
        for failure in self.body["failures"].as_array().into_iter().flatten() {
            let text = |member: &str| failure[member].as_str().unwrap_or("?").to_owned();
            let (node, code, ran) = (text("node"), text("code"), text("ran"));
            write!(formatter, ", {node}: {code} (ran: {ran})")?;
        }
        Ok(())
    }
}
