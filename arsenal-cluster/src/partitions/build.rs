//! What a node knows becomes the picture of who sees whom. Pure.

use std::collections::{BTreeMap, BTreeSet};

use arsenal_core::{
    membership::{NodeStatus, Quorum, Verdict},
    name::NodeName,
};
use tokio::time::Instant;

use super::{
    GoneMember, Look, Looks, NodeVerdict, Pair, Partitions, advice, contradictions::contradictions,
    looks, sides, sight::Seen,
};
use crate::{
    membership::{Evidence, MemberState, NodeFacts},
    topology::PartitionSide,
};

/// What a node knows at one moment.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Known<'a> {
    /// What it says of itself.
    pub(crate) own: &'a NodeFacts,
    /// The others, as it knows them.
    pub(crate) others: &'a BTreeMap<NodeName, MemberState>,
    /// What it may decide.
    pub(crate) quorum: &'a Quorum,
    /// What shows that two authorities exist.
    pub(crate) evidence: &'a [Evidence],
    /// Its own name, where another live node holds it.
    pub(crate) held: Option<&'a NodeName>,
    /// The moment.
    pub(crate) now: Instant,
}

/// The picture that a node has. `time` writes an instant as RFC 3339.
pub(crate) fn partitions(known: Known<'_>, time: impl Fn(Instant) -> String) -> Partitions {
    let looks = looks(known.own, known.others);
    let connected: Vec<(&NodeName, &NodeName)> = looks.connected().collect();
    let sides = sides(&looks.alive, &connected);
    let verdicts = verdicts(known);
    let members = known.others.len() + 1;
    Partitions {
        node: known.own.name.clone(),
        quorum: known.quorum.clone(),
        voters_version: known.own.electorate.version,
        reason: known.held.map_or_else(|| reason(known.quorum), held),
        pairs: pairs(&looks, &time),
        absent: absent(known.others, &looks, &time),
        contradictions: contradictions(&known.own.name, &verdicts, &sides),
        verdicts,
        sides: sides.into_iter().map(|side| PartitionSide { members: listed(side) }).collect(),
        evidence: known.evidence.to_vec(),
        advice: advice(known.quorum, known.evidence, members, known.held),
        updated_at: time(known.now),
    }
}

fn pairs(looks: &Looks<'_>, time: &impl Fn(Instant) -> String) -> Vec<Pair> {
    let look = |(sight, since): Seen| Look { sight, since: since.map(time) };
    looks
        .pairs()
        .map(|pair| Pair {
            one: pair.one.clone(),
            other: pair.other.clone(),
            one_sees_other: look(pair.one_sees_other),
            other_sees_one: look(pair.other_sees_one),
        })
        .collect()
}

fn absent(
    others: &BTreeMap<NodeName, MemberState>,
    looks: &Looks<'_>,
    time: &impl Fn(Instant) -> String,
) -> Vec<GoneMember> {
    let gone = others.iter().filter(|(name, _)| !looks.alive.contains(*name));
    gone.map(|(name, state)| GoneMember {
        node: name.clone(),
        status: state.status,
        since: time(state.since),
        reason: state.reason().to_owned(),
    })
    .collect()
}

fn verdicts(known: Known<'_>) -> Vec<NodeVerdict> {
    let says = |facts: &NodeFacts, is_current, age_ms| NodeVerdict {
        node: facts.name.clone(),
        verdict: facts.judgement.verdict,
        since: facts.judgement.since.clone(),
        voters: facts.electorate.voters.clone(),
        voters_version: facts.electorate.version,
        is_current,
        age_ms,
    };
    let is_there = |status| !matches!(status, NodeStatus::Down | NodeStatus::Left);
    let told = known.others.values().filter_map(|state| {
        let (facts, heard_at) = state.facts.as_ref()?;
        let age = known.now.saturating_duration_since(*heard_at).as_millis();
        let age = u64::try_from(age).unwrap_or(u64::MAX);
        Some(says(facts, is_there(state.status), age))
    });
    let mut all: Vec<NodeVerdict> = told.chain([says(known.own, true, 0)]).collect();
    all.sort_by(|one, other| one.node.cmp(&other.node));
    all
}

/// Why a node decides nothing whose name is held, for people.
fn held(name: &NodeName) -> String {
    format!("another live node holds the name {name}, so no other lets this one in")
}

/// What the verdict rests on, for people.
fn reason(quorum: &Quorum) -> String {
    let (live, expected) = (quorum.live.len(), quorum.expected.len());
    let of_voters = format!("{live} of {expected} voters answer");
    match quorum.verdict {
        Verdict::SplitBrain => {
            String::from("two authorities were seen, and nobody has resolved it")
        }
        Verdict::Forming if expected == 0 => String::from("no voters are known"),
        Verdict::Forming => {
            format!("{of_voters}, and a majority has not stood for long enough yet")
        }
        Verdict::Unstable => format!("{of_voters}, but not for long enough yet"),
        Verdict::Solo | Verdict::Whole | Verdict::Majority | Verdict::Minority => of_voters,
    }
}

fn listed(side: BTreeSet<NodeName>) -> Vec<NodeName> {
    side.into_iter().collect()
}

#[cfg(test)]
#[path = "build_tests.rs"]
mod tests;
