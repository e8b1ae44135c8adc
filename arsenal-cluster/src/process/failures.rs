//! What failed lately on a node.

use std::{cmp::Reverse, sync::Arc, time::Duration};

use arsenal_core::{answer::Cursor, error::OperationError, name::NodeName};
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use super::{
    NodeRanking, Order, Pattern, Position, ProcessId, ProcessTable, Ranked, Sorting, Standing,
    observing::millis,
    position::{After, SortedBy},
};
use crate::instrument::{End, Ended, clock, short_type};

/// A process that failed.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
pub struct ProcessFailure {
    /// When it failed (RFC 3339).
    pub at: String,
    /// The node that it ran on.
    pub node: NodeName,
    /// Its identity, which no other process ever gets.
    pub pid: ProcessId,
    /// The name that Arsenal or ractor knew it by.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub name: Option<String>,
    /// The Rust type of the actor, without its modules.
    #[serde(rename = "type")]
    pub actor_type: String,
    /// The process that supervised it.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub supervisor: Option<ProcessId>,
    /// What it said.
    pub error: String,
    /// Where in the source it panicked; absent where it failed with an error.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub location: Option<String>,
    /// How many of its like under its supervisor took the place of one that had failed, up to this one.
    pub restarts: u32,
    /// How many messages it had handled.
    pub handled: u64,
    /// For how long it had run, in ms.
    pub ran_ms: u64,
}

impl Ranked for ProcessFailure {
    fn pid(&self) -> &ProcessId {
        &self.pid
    }
}

/// The last one comes first.
const SORTING: Sorting = Sorting { by: SortedBy::Failure, order: Order::Desc };

/// Which failures a list shows; the last one comes first.
#[derive(Clone, Debug, Default)]
pub struct FailureQuery {
    /// Only of what was called so.
    pub name: Option<Pattern>,
    /// Only of actors of such types.
    pub actor_type: Option<Pattern>,
    /// After which row the page begins.
    pub after: Option<Position>,
    /// How many rows the whole list is to have.
    pub limit: u32,
}

impl FailureQuery {
    /// The same list, from the row after this cursor on.
    ///
    /// # Errors
    ///
    /// `invalid_input` where the cursor is none that a list of failures gave.
    pub fn page(self, cursor: Option<&Cursor>) -> Result<Self, OperationError> {
        Ok(Self { after: SORTING.position(cursor)?, ..self })
    }

    fn asks_for(&self, failure: &ProcessFailure) -> bool {
        let matches = |pattern: &Option<Pattern>, text: Option<&str>| {
            pattern.as_ref().is_none_or(|pattern| text.is_some_and(|text| pattern.matches(text)))
        };
        matches(&self.name, failure.name.as_deref())
            && matches(&self.actor_type, Some(&failure.actor_type))
    }
}

impl ProcessTable {
    /// What failed on this node, as far as it is remembered: at most the last thousand.
    ///
    /// # Errors
    ///
    /// `internal` where the node is about to end.
    pub async fn failures(
        self: &Arc<Self>,
        query: FailureQuery,
    ) -> Result<NodeRanking<ProcessFailure>, OperationError> {
        self.aside(move |table| {
            let failures = table.history().failures();
            let rows = failures.iter().filter_map(|ended| table.failure(ended)).collect();
            chosen(rows, &query, &table.node, table.generation)
        })
        .await
    }

    fn failure(&self, ended: &Ended) -> Option<Standing<ProcessFailure>> {
        let End::Failed { error, location } = &ended.end else { return None };
        let ran = Duration::from_nanos(ended.at.saturating_sub(ended.started_at));
        let at = clock::instant_of(ended.at);
        let row = ProcessFailure {
            at: self.clock.at(at),
            node: self.node.clone(),
            pid: self.id(ended.local),
            name: ended.name.clone(),
            actor_type: short_type(ended.actor).into_owned(),
            supervisor: ended.supervisor.map(|local| self.id(local)),
            error: error.clone(),
            location: location.clone(),
            restarts: ended.restarts,
            handled: ended.handled,
            ran_ms: millis(ran),
        };
        Some(Standing { value: self.clock.millis_at(at), row })
    }
}

/// Those of a node's failures that a list shows.
fn chosen(
    mut rows: Vec<Standing<ProcessFailure>>,
    query: &FailureQuery,
    node: &NodeName,
    generation: u64,
) -> NodeRanking<ProcessFailure> {
    let after = query.after.as_ref();
    let after = after.map(|position| After::new(position, node, generation, SORTING.order));
    rows.retain(|Standing { value, row }| {
        query.asks_for(row) && after.is_none_or(|after| after.holds(*value, row.pid.local))
    });
    // As `After` has it: the last one first, of those at the same moment the one that started first.
    rows.sort_by_key(|Standing { value, row }| (Reverse(*value), row.pid.local));
    let limit = usize::try_from(query.limit).unwrap_or(usize::MAX);
    let has_more = rows.len() > limit;
    rows.truncate(limit);
    let up_to = rows.last().filter(|_| has_more).map(Standing::position);
    NodeRanking::of(rows, up_to, query.limit, SORTING)
}

#[cfg(test)]
mod tests {
    use arsenal_core::answer::NodeAnswer;

    use super::*;
    use crate::process::merge_rankings;

    fn failure(node: &str, local: u64, ms: u32, name: &str) -> Standing<ProcessFailure> {
        let node: NodeName = node.parse().unwrap();
        let row = ProcessFailure {
            at: format!("2026-11-24T09:00:00.{ms:03}Z"),
            pid: ProcessId { node: node.clone(), generation: 1, local },
            node,
            name: Some(name.to_owned()),
            actor_type: String::from("Fragile"),
            supervisor: None,
            error: String::from("asked to fail"),
            location: None,
            restarts: 0,
            handled: 1,
            ran_ms: 5,
        };
        Standing { value: ms.into(), row }
    }

    fn all(limit: u32, pattern: Option<&str>) -> Vec<(u64, String)> {
        let (mut seen, mut cursor) = (Vec::new(), None);
        loop {
            let name = pattern.map(Pattern::new);
            let query = FailureQuery { name, limit, ..FailureQuery::default() };
            let query = query.page(cursor.as_ref()).unwrap();
            let answers = [
                ("a", vec![failure("a", 1, 10, "one"), failure("a", 2, 30, "two")]),
                (
                    "b",
                    vec![
                        failure("b", 7, 20, "three"),
                        failure("b", 6, 20, "two"),
                        failure("b", 8, 40, "x"),
                    ],
                ),
            ];
            let answers = answers.into_iter().map(|(name, rows)| {
                let node: NodeName = name.parse().unwrap();
                let answer = chosen(rows, &query, &node, 1);
                NodeAnswer { node, answer }
            });
            let page = merge_rankings(answers.collect());
            seen.extend(page.items.into_iter().map(|row| (row.pid.local, row.name.unwrap())));
            cursor = page.next_cursor;
            if cursor.is_none() {
                return seen;
            }
        }
    }

    #[test]
    fn the_last_failure_of_any_node_comes_first_however_long_the_pages_are() {
        let locals = |limit, pattern| -> Vec<u64> {
            all(limit, pattern).into_iter().map(|(local, _)| local).collect()
        };
        for limit in [1, 2, 3, 100] {
            assert_eq!(locals(limit, None), [8, 2, 6, 7, 1], "{limit}");
            assert_eq!(locals(limit, Some("two")), [2, 6], "{limit}");
        }
        assert_eq!(locals(100, Some("t*")), [2, 6, 7]);
    }
}
