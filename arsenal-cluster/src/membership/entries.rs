//! Facts as the keys and values of gossip.
//!
//! chitchat writes lengths as 16 bits without looking, and a value that does not fit into a datagram
//! blocks all later ones. So sizes are checked here, before anything gets there.

use std::collections::{BTreeMap, BTreeSet};

use arsenal_core::name::NodeName;
use serde::{Deserialize, Serialize, de::DeserializeOwned};

use super::facts::{Electorate, Judgement, NodeCard, NodeFacts, ProcessCounts, Resources};

/// The longest value of one key.
pub const VALUE_BYTES_MAX: usize = 4 << 10;

/// The most members that a node tells to be unreachable. Beyond it, it is the node that is cut off.
const UNREACHABLE_MAX: usize = 51;

const NODE: &str = "node";
const PROCESSES: &str = "processes";
const RESOURCES: &str = "resources";
const VOTERS: &str = "voters";
const JUDGEMENT: &str = "judgement";
const UNREACHABLE: &str = "unreachable";
const LEAVING: &str = "leaving";

#[derive(Serialize, Deserialize)]
struct Processes {
    #[serde(flatten)]
    counts: ProcessCounts,
    names: usize,
}

impl NodeFacts {
    /// The facts as keys and values, none of them too long.
    pub fn to_entries(&self) -> BTreeMap<&'static str, String> {
        let unreachable: Vec<&NodeName> = self.unreachable.iter().take(UNREACHABLE_MAX).collect();
        [
            (NODE, json(&self.node)),
            (PROCESSES, self.processes()),
            (RESOURCES, json(&self.resources)),
            (VOTERS, json(&self.electorate)),
            (JUDGEMENT, json(&self.judgement)),
            (UNREACHABLE, json(&unreachable)),
            (LEAVING, json(&self.is_leaving)),
        ]
        .into_iter()
        .filter(|(key, value)| {
            let fits = value.len() <= VALUE_BYTES_MAX;
            if !fits {
                tracing::error!(key, bytes = value.len(), "too long to be told to other nodes");
            }
            fits
        })
        .collect()
    }

    /// The types of processes are left out, from the rarest on, where all do not fit.
    fn processes(&self) -> String {
        let mut told = Processes { counts: self.processes.clone(), names: self.registered_names };
        loop {
            let text = json(&told);
            let by_type = told.counts.by_type.as_mut().filter(|types| !types.is_empty());
            let (true, Some(by_type)) = (text.len() > VALUE_BYTES_MAX, by_type) else {
                return text;
            };
            let rarest = by_type.iter().min_by_key(|(_, count)| **count);
            let rarest = rarest.map(|(kind, _)| kind.clone());
            if let Some(rarest) = rarest {
                by_type.remove(&rarest);
                told.counts.internal_by_type.remove(&rarest);
                told.counts.busy_by_type.remove(&rarest);
            }
        }
    }

    /// Reads what a node told. None while its first entry is not there, or cannot be read.
    pub fn from_entries<'a>(
        name: &NodeName,
        generation: u64,
        get: impl Fn(&str) -> Option<&'a str>,
    ) -> Option<Self> {
        let node: NodeCard = read(get(NODE)?)?;
        let judgement: Judgement = read(get(JUDGEMENT)?)?;
        let processes: Option<Processes> = get(PROCESSES).and_then(read);
        let (processes, registered_names) =
            processes.map_or_else(Default::default, |told| (told.counts, told.names));
        Some(Self {
            name: name.clone(),
            generation,
            node,
            processes,
            resources: get(RESOURCES).and_then(read::<Resources>).unwrap_or_default(),
            registered_names,
            electorate: get(VOTERS).and_then(read::<Electorate>).unwrap_or_default(),
            judgement,
            unreachable: get(UNREACHABLE).and_then(read::<BTreeSet<NodeName>>).unwrap_or_default(),
            is_leaving: get(LEAVING).and_then(read::<bool>).unwrap_or_default(),
        })
    }
}

fn json(value: &impl Serialize) -> String {
    serde_json::to_string(value).expect("facts have only text keys")
}

fn read<T: DeserializeOwned>(text: &str) -> Option<T> {
    serde_json::from_str(text)
        .inspect_err(|error| tracing::debug!("a node told what this one cannot read: {error}"))
        .ok()
}

#[cfg(test)]
mod tests {
    use arsenal_core::membership::Verdict;

    use super::*;

    fn facts() -> NodeFacts {
        NodeFacts {
            name: "a".parse().unwrap(),
            generation: 7,
            node: NodeCard {
                http_address: Some(([127, 0, 0, 1], 4000).into()),
                cluster_address: ([127, 0, 0, 1], 7000).into(),
                version: String::from("1.2.3"),
                os_process: Some(4711),
                started_at: String::from("2026-11-24T09:00:00.000Z"),
                is_observer: false,
            },
            processes: ProcessCounts {
                total: 9,
                started_by_arsenal: 3,
                internal: 4,
                by_type: Some([(String::from("Counter"), 3), (String::from("Root"), 1)].into()),
                internal_by_type: [(String::from("Root"), 1)].into(),
                busy_share: Some(0.5),
                busy_by_type: [(String::from("Counter"), 0.25)].into(),
            },
            resources: Resources { memory_bytes: Some(8), ..Resources::default() },
            registered_names: 2,
            electorate: Electorate::new(1, ["a".parse().unwrap()].into()),
            judgement: Judgement {
                verdict: Verdict::Whole,
                since: String::from("2026-11-24T09:00:01.000Z"),
                split_at: None,
                holders: BTreeMap::new(),
            },
            unreachable: ["c".parse().unwrap()].into(),
            is_leaving: false,
        }
    }

    fn read_back(entries: &BTreeMap<&'static str, String>) -> Option<NodeFacts> {
        NodeFacts::from_entries(&"a".parse().unwrap(), 7, |key| {
            entries.get(key).map(String::as_str)
        })
    }

    #[test]
    fn facts_read_back_as_they_are_told() {
        assert_eq!(read_back(&facts().to_entries()), Some(facts()));
    }

    #[test]
    fn many_types_are_cut_to_the_most_frequent() {
        let mut many = facts();
        let types = (0..200).map(|number| (format!("{number:03}-{}", "x".repeat(60)), number));
        let types: BTreeMap<String, usize> = types.collect();
        many.processes.busy_by_type = types.keys().map(|kind| (kind.clone(), 0.1234)).collect();
        many.processes.by_type = Some(types);
        let entries = many.to_entries();
        assert!(entries.values().all(|value| value.len() <= VALUE_BYTES_MAX));
        let told = read_back(&entries).unwrap().processes;
        let types = told.by_type.unwrap();
        assert!(types.len() > 20 && types.keys().all(|kind| *kind > format!("{:03}", 170)));
        assert!(types.keys().eq(told.busy_by_type.keys()));
    }

    #[test]
    fn a_node_that_does_not_tell_how_busy_it_is_is_understood() {
        let mut entries = facts().to_entries();
        let older = r#"{"total":9,"started_by_arsenal":3,"by_type":{"Counter":3},"names":2}"#;
        entries.insert(PROCESSES, String::from(older));
        let told = read_back(&entries).unwrap().processes;
        assert_eq!((told.total, told.busy_share, told.busy_by_type.len()), (9, None, 0));
    }

    #[test]
    fn what_cannot_be_read_is_as_if_it_was_not_told() {
        let mut entries = facts().to_entries();
        entries.insert(RESOURCES, String::from("{"));
        entries.insert(UNREACHABLE, String::from("[\"Not a name\"]"));
        let told = read_back(&entries).unwrap();
        assert_eq!(told.resources, Resources::default());
        assert!(told.unreachable.is_empty());
        entries.insert(NODE, String::from("null"));
        assert_eq!(read_back(&entries), None);
    }
}
