//! What an operator should do next. Pure: verdict and evidence in, text out.

use arsenal_core::{
    membership::{Quorum, Verdict},
    name::NodeName,
};

use crate::membership::Evidence;

/// How an operator chooses the voters.
const RESOLVE: &str = "POST /api/v1/cluster/partitions/resolve";

/// Where the cause is found of a voter that runs and is missing all the same.
const WHY: &str = "if they run, `GET /api/v1/cluster/connections` says why they are not reached";

/// What to do in the cluster of a node, where something should be done. `members` counts those that it
/// knows, itself too; `held` is its own name where another live node holds it.
pub(crate) fn advice(
    quorum: &Quorum,
    evidence: &[Evidence],
    members: usize,
    held: Option<&NodeName>,
) -> Option<String> {
    if let Some(name) = held.filter(|_| quorum.verdict != Verdict::SplitBrain) {
        return Some(format!(
            "another live node holds the name {name}: end that one, or start this one with another \
             --name"
        ));
    }
    let missing = NodeName::listed(&quorum.missing);
    let text = match quorum.verdict {
        Verdict::SplitBrain => split_brain(evidence),
        Verdict::Forming if quorum.expected.is_empty() => String::from(
            "no voters are known: `GET /api/v1/cluster/connections` says why no node that has some is \
             reached; for a new cluster give all nodes the same --voters",
        ),
        Verdict::Forming => format!(
            "start the missing voters ({missing}); {WHY}. Only where they are lost for good, choose others \
             with {RESOLVE}"
        ),
        Verdict::Minority => format!(
            "bring the missing voters ({missing}) back; {WHY}. Until then nothing can be changed here. Only \
             where they are lost for good, choose other voters with {RESOLVE}"
        ),
        Verdict::Unstable => String::from(
            "a voter has just come or gone: changes are possible again in a few seconds",
        ),
        Verdict::Majority => format!(
            "bring the missing voters ({missing}) back; {WHY}. Only where they are lost for good, choose \
             other voters with {RESOLVE}"
        ),
        Verdict::Solo | Verdict::Whole if quorum.expected.len() == 1 && members > 1 => format!(
            "one node alone decides ({}): choose more voters, three or five, with {RESOLVE}",
            NodeName::listed(&quorum.expected)
        ),
        Verdict::Solo | Verdict::Whole => return None,
    };
    Some(text)
}

fn split_brain(evidence: &[Evidence]) -> String {
    let duplicate = evidence.iter().find_map(|one| match one {
        Evidence::DuplicateName { node, generations } => Some((node, generations)),
        Evidence::VoterLists { .. } | Evidence::SeenBy { .. } => None,
    });
    match duplicate {
        Some((node, generations)) => format!(
            "{} processes have the name {node}: stop all but one of them, then say who decides with \
             {RESOLVE}",
            generations.len()
        ),
        None => format!(
            "say which voters are to decide with {RESOLVE}: it tells first what it would do, and does \
             it when it is confirmed"
        ),
    }
}

#[cfg(test)]
mod tests {
    use std::collections::BTreeSet;

    use super::*;

    fn quorum(verdict: Verdict, expected: &str, missing: &str) -> Quorum {
        let names = |text: &str| -> BTreeSet<NodeName> {
            text.split_whitespace().map(|name| name.parse().unwrap()).collect()
        };
        let (expected, missing) = (names(expected), names(missing));
        let live = expected.difference(&missing).cloned().collect();
        Quorum { verdict, live, expected, missing, since: String::new() }
    }

    #[test]
    fn every_verdict_that_needs_somebody_says_what_to_do() {
        use Verdict::{Forming, Majority, Minority, Solo, SplitBrain, Unstable, Whole};
        for (verdict, expected, missing, members, said) in [
            (Forming, "", "", 1, Some("--voters")),
            (Forming, "a b c", "b c", 3, Some("start the missing voters (b, c)")),
            (Minority, "a b c", "b c", 3, Some(RESOLVE)),
            (Majority, "a b c", "c", 3, Some("(c) back")),
            (Unstable, "a b c", "c", 3, Some("few seconds")),
            (SplitBrain, "a", "", 2, Some(RESOLVE)),
            (Whole, "a", "", 2, Some("one node alone decides (a)")),
            (Whole, "a b c", "", 3, None),
            (Solo, "a", "", 1, None),
        ] {
            let text = advice(&quorum(verdict, expected, missing), &[], members, None);
            match said {
                Some(said) => assert!(text.as_ref().unwrap().contains(said), "{verdict}: {text:?}"),
                None => assert_eq!(text, None, "{verdict}"),
            }
        }
    }

    #[test]
    fn a_name_that_two_processes_have_is_told_first() {
        let node = "b".parse().unwrap();
        let twice = Evidence::DuplicateName { node, generations: [1, 2].into() };
        let text = advice(&quorum(Verdict::SplitBrain, "a b c", ""), &[twice], 3, None).unwrap();
        assert!(text.starts_with("2 processes have the name b: stop all but one"), "{text}");
    }

    #[test]
    fn a_node_that_is_refused_for_its_name_is_told_so() {
        let name = "b".parse().unwrap();
        for verdict in [Verdict::Forming, Verdict::Unstable, Verdict::Minority] {
            let text = advice(&quorum(verdict, "a b c", "a c"), &[], 3, Some(&name)).unwrap();
            assert!(text.contains("holds the name b") && text.contains("--name"), "{text}");
        }
    }
}
