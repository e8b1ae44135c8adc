//! What an operator should know before the voters are changed, in sentences. Pure.

use std::collections::BTreeSet;

use arsenal_core::name::NodeName;

use super::plan::Plan;
use crate::membership::STABLE_AFTER;

/// What the plan does and what it does not.
pub(super) fn effects(
    plan: Plan<'_>,
    asked: &BTreeSet<NodeName>,
    deciding_side: Option<&BTreeSet<NodeName>>,
    is_change: bool,
) -> Vec<String> {
    if !is_change {
        return vec![String::from(
            "nothing: these voters decide already, and nobody that is seen goes by others",
        )];
    }
    let decides = match deciding_side {
        Some(side) if plan.voters.is_subset(side) => {
            format!("{} can decide as soon as they have heard of it", NodeName::listed(side))
        }
        Some(side) => format!(
            "{} can decide {} s after they have heard of it",
            NodeName::listed(side),
            STABLE_AFTER.as_secs()
        ),
        None => String::from("nobody can decide until more than half of these voters are together"),
    };
    vec![
        format!(
            "{} go by version {} of the list of voters: {}",
            NodeName::listed(asked),
            plan.version,
            NodeName::listed(plan.voters)
        ),
        decides,
        String::from(
            "each node keeps the list in its data directory: it wins over --voters, also after a restart",
        ),
        String::from(
            "it stops and starts nothing, and merges nothing: what two sides have changed stays on each node as it is",
        ),
    ]
}

/// What may go wrong.
pub(super) fn warnings(
    plan: Plan<'_>,
    asked: &BTreeSet<NodeName>,
    deciding_side: Option<&BTreeSet<NodeName>>,
) -> Vec<String> {
    let before = &plan.known.own.electorate.voters;
    let mut warnings: Vec<String> = plan
        .duplicates
        .iter()
        .map(|(node, generations)| {
            format!(
                "{} processes have the name {node}: stop all but one of them first, it is not done \
                 before",
                generations.len()
            )
        })
        .collect();
    let unreached: BTreeSet<NodeName> = before.difference(asked).cloned().collect();
    if unreached.len() * 2 > before.len() {
        warnings.push(format!(
            "{} vote by the old list and are not seen from here: where they run, they can decide \
             without this side until they hear of the new list. Make sure that they do not run",
            NodeName::listed(&unreached)
        ));
    }
    let absent: BTreeSet<NodeName> = plan.voters.difference(asked).cloned().collect();
    if !absent.is_empty() {
        let who = NodeName::listed(&absent);
        warnings.push(format!("of the new voters {who} are not seen from here"));
    }
    if deciding_side.is_none() {
        warnings.push(String::from(
            "no side that is seen from here has more than half of the new voters",
        ));
    }
    if plan.voters.symmetric_difference(before).count() > 1 && !before.is_empty() {
        warnings.push(String::from(
            "more than one voter changes: until every node has heard of it, which takes about a \
             second, some may decide by the old list and some by the new one",
        ));
    }
    if let (1, Some(one)) = (plan.voters.len(), plan.voters.first()) {
        warnings.push(format!("{one} alone decides: without it nothing can be changed"));
    } else if plan.voters.len().is_multiple_of(2) {
        warnings.push(format!(
            "{} voters: an even number survives no more losses than one voter less",
            plan.voters.len()
        ));
    }
    warnings
}
