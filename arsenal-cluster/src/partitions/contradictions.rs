//! Do the verdicts that nodes publish fit together? Pure.

use std::collections::BTreeSet;

use arsenal_core::{membership::Verdict, name::NodeName};
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use super::NodeVerdict;

/// Verdicts, or lists of voters, that do not fit together.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(tag = "kind", rename_all = "snake_case")]
pub enum Contradiction {
    /// Two nodes on different sides may both decide.
    BothDecide {
        /// One of them.
        one: NodeName,
        /// The other one.
        other: NodeName,
    },
    /// A node goes by other voters than the one that was asked.
    OtherVoters {
        /// The node.
        node: NodeName,
        /// The version of its list.
        version: u64,
        /// Its voters.
        voters: BTreeSet<NodeName>,
    },
    /// Of the nodes of one side some may decide and some may not.
    OneSideDisagrees {
        /// Those that may.
        may_decide: BTreeSet<NodeName>,
        /// Those that may not.
        may_not: BTreeSet<NodeName>,
    },
}

/// What does not fit together among the nodes that live. `me` is the node that was asked.
pub(super) fn contradictions(
    me: &NodeName,
    verdicts: &[NodeVerdict],
    sides: &[BTreeSet<NodeName>],
) -> Vec<Contradiction> {
    let current: Vec<&NodeVerdict> = verdicts.iter().filter(|one| one.is_current).collect();
    let mut found = both_decide(&current, sides);
    found.extend(other_voters(me, &current));
    found.extend(sides.iter().filter_map(|side| one_side_disagrees(&current, side)));
    found
}

/// One contradiction for each two sides; its nodes stand for all of their sides.
fn both_decide(current: &[&NodeVerdict], sides: &[BTreeSet<NodeName>]) -> Vec<Contradiction> {
    let decider = |side: &BTreeSet<NodeName>| {
        let mut deciders = current.iter().filter(|one| may_decide(one.verdict));
        deciders.find(|one| side.contains(&one.node)).map(|one| &one.node)
    };
    let deciders: Vec<&NodeName> = sides.iter().filter_map(decider).collect();
    let pairs = deciders
        .iter()
        .enumerate()
        .flat_map(|(index, one)| deciders.iter().skip(index + 1).map(move |other| (*one, *other)));
    pairs
        .map(|(one, other)| Contradiction::BothDecide { one: one.clone(), other: other.clone() })
        .collect()
}

fn other_voters(me: &NodeName, current: &[&NodeVerdict]) -> Vec<Contradiction> {
    let Some(own) = current.iter().find(|one| one.node == *me) else { return Vec::new() };
    let differs = |one: &&&NodeVerdict| {
        (one.voters_version, &one.voters) != (own.voters_version, &own.voters)
    };
    current
        .iter()
        .filter(differs)
        .map(|one| Contradiction::OtherVoters {
            node: one.node.clone(),
            version: one.voters_version,
            voters: one.voters.clone(),
        })
        .collect()
}

/// Whoever forms or waits to be stable will say something else in a moment.
fn one_side_disagrees(
    current: &[&NodeVerdict],
    side: &BTreeSet<NodeName>,
) -> Option<Contradiction> {
    let on_it = || current.iter().filter(|one| side.contains(&one.node));
    let may_not = on_it().filter(|one| may_not_decide(one.verdict));
    let may_not: BTreeSet<NodeName> = may_not.map(|one| one.node.clone()).collect();
    let may_decide = on_it().filter(|one| may_decide(one.verdict));
    let may_decide: BTreeSet<NodeName> = may_decide.map(|one| one.node.clone()).collect();
    let is_one = !may_decide.is_empty() && !may_not.is_empty();
    is_one.then_some(Contradiction::OneSideDisagrees { may_decide, may_not })
}

const fn may_decide(verdict: Verdict) -> bool {
    matches!(verdict, Verdict::Solo | Verdict::Whole | Verdict::Majority)
}

const fn may_not_decide(verdict: Verdict) -> bool {
    matches!(verdict, Verdict::Minority | Verdict::SplitBrain)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn names(text: &str) -> BTreeSet<NodeName> {
        text.split_whitespace().map(|name| name.parse().unwrap()).collect()
    }

    fn says(node: &str, verdict: Verdict, version: u64, voters: &str) -> NodeVerdict {
        NodeVerdict {
            node: node.parse().unwrap(),
            verdict,
            since: String::new(),
            voters: names(voters),
            voters_version: version,
            is_current: true,
            age_ms: 0,
        }
    }

    fn found(verdicts: &[NodeVerdict], sides: &[&str]) -> Vec<Contradiction> {
        let sides: Vec<BTreeSet<NodeName>> = sides.iter().map(|side| names(side)).collect();
        contradictions(&"a".parse().unwrap(), verdicts, &sides)
    }

    #[test]
    fn a_majority_and_a_minority_on_two_sides_fit_together() {
        let abc = "a b c";
        let verdicts = [
            says("a", Verdict::Majority, 1, abc),
            says("b", Verdict::Unstable, 1, abc),
            says("c", Verdict::Minority, 1, abc),
        ];
        assert_eq!(found(&verdicts, &["a b", "c"]), []);
    }

    #[test]
    fn two_sides_that_decide_contradict_each_other() {
        let mut verdicts = [says("a", Verdict::Solo, 1, "a"), says("b", Verdict::Whole, 1, "a")];
        let one = "a".parse().unwrap();
        let both = Contradiction::BothDecide { one, other: "b".parse().unwrap() };
        assert_eq!(found(&verdicts, &["a", "b"]), [both]);
        verdicts[1].is_current = false;
        assert_eq!(found(&verdicts, &["a", "b"]), [], "what it said before it went counts no more");
    }

    #[test]
    fn other_voters_and_a_side_that_disagrees_are_told() {
        let verdicts = [says("a", Verdict::SplitBrain, 1, "a"), says("b", Verdict::Solo, 1, "b")];
        let disagrees =
            Contradiction::OneSideDisagrees { may_decide: names("b"), may_not: names("a") };
        let node = "b".parse().unwrap();
        let voters = Contradiction::OtherVoters { node, version: 1, voters: names("b") };
        assert_eq!(found(&verdicts, &["a b"]), [voters, disagrees]);
    }
}
