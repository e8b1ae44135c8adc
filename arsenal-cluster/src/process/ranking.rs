//! Which rows of a list come first, on one node and over all. Pure.
//!
//! Rows are ordered by a number, those with the same number by their place: node, start of the node,
//! local number. A cursor is the position of the last row that was given, so that what starts or ends
//! meanwhile moves no other row. A row whose own number changes between two pages may come twice or
//! not at all.

use std::cmp::Ordering;

use arsenal_core::{
    answer::{Cursor, NodeAnswer, Page},
    name::NodeName,
};
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use super::{Process, ProcessId, fitting::fitting};

/// What a list of processes is sorted by.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "snake_case")]
pub enum SortKey {
    /// How many messages wait.
    MailboxDepth,
    /// For how long the oldest message has waited, in ms.
    OldestMessageAge,
    /// For how long the running handler has run, in ms.
    HandlingTime,
    /// How many messages were sent to it.
    Sent,
    /// How many messages it has handled.
    Handled,
    /// For how long it kept a thread busy, in microseconds.
    Busy,
    /// Below which 99 of 100 handlers stayed, in microseconds.
    HandlerP99,
    /// How long its longest handler took, in microseconds.
    HandlerMax,
    /// How often its like took the place of one that had failed.
    Restarts,
    /// For how long it has run, in ms.
    Age,
    /// How many processes it supervises.
    Children,
    /// How many of its children failed.
    ChildrenFailed,
}

/// Why a process stands where it does in a sorted list.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
pub struct Rank {
    /// What the list is sorted by.
    pub by: SortKey,
    /// The number of this process; where `window_ms` was given, by how much it changed.
    pub value: i64,
}

/// Which end of the list comes first.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "snake_case")]
pub enum Order {
    /// The largest number first.
    #[default]
    Desc,
    /// The smallest number first.
    Asc,
}

/// Where a row stands in the whole list.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Position {
    value: i64,
    node: NodeName,
    generation: u64,
    local: u64,
}

/// What a list over all nodes has as rows.
pub trait Ranked {
    /// The number that rows are ordered by.
    fn value(&self) -> i64;
    /// The process that a row is about; no two rows are about the same one.
    fn pid(&self) -> &ProcessId;
}

impl Ranked for Process {
    fn value(&self) -> i64 {
        self.rank.map_or(0, |rank| rank.value)
    }
    fn pid(&self) -> &ProcessId {
        &self.pid
    }
}

/// One node's part of a list.
#[derive(Clone, Debug, Serialize, Deserialize, JsonSchema)]
#[schemars(rename = "NodeRankingOf{T}")]
pub struct NodeRanking<T = Process> {
    /// The first rows of the node after the cursor.
    pub items: Vec<T>,
    /// Whether it has more.
    pub has_more: bool,
    /// How many rows the whole list is to have.
    pub limit: u32,
    /// Which end comes first.
    pub order: Order,
}

impl Position {
    pub(crate) fn new(value: i64, pid: ProcessId) -> Self {
        let ProcessId { node, generation, local } = pid;
        Self { value, node, generation, local }
    }

    fn of(row: &impl Ranked) -> Self {
        Self::new(row.value(), row.pid().clone())
    }

    /// From a cursor; none where it is not one of ours.
    pub(crate) fn read(cursor: &Cursor) -> Option<Self> {
        serde_json::from_str(cursor.as_str()).ok()
    }

    fn to_cursor(&self) -> Cursor {
        Cursor::new(serde_json::to_string(self).expect("numbers and a name are JSON"))
    }

    /// Which of two comes first.
    pub(crate) fn cmp(&self, other: &Self, order: Order) -> Ordering {
        let place = |position: &Self| (position.generation, position.local);
        by_value(self.value, other.value, order)
            .then_with(|| self.node.cmp(&other.node))
            .then_with(|| place(self).cmp(&place(other)))
    }
}

/// One page of what all nodes gave. It ends early where a node has more than it gave, and the next row
/// may be among that.
pub fn merge_rankings<T: Ranked>(answers: Vec<NodeAnswer<NodeRanking<T>>>) -> Page<T> {
    let Some(first) = answers.first() else { return Page { items: Vec::new(), next_cursor: None } };
    let (limit, order) = (first.answer.limit, first.answer.order);
    let limit = usize::try_from(limit).unwrap_or(usize::MAX);
    let mut is_known_up_to: Option<Position> = None;
    let mut rows: Vec<(Position, T)> = Vec::new();
    let mut has_more = false;
    for NodeAnswer { answer, .. } in answers {
        let last = answer.items.last().map(Position::of);
        if answer.has_more
            && let Some(last) = last
        {
            has_more = true;
            let is_earlier =
                is_known_up_to.as_ref().is_none_or(|known| last.cmp(known, order).is_lt());
            if is_earlier {
                is_known_up_to = Some(last);
            }
        }
        rows.extend(answer.items.into_iter().map(|row| (Position::of(&row), row)));
    }
    rows.sort_by(|(one, _), (other, _)| one.cmp(other, order));
    let all = rows.len();
    if let Some(known) = is_known_up_to {
        rows.retain(|(position, _)| position.cmp(&known, order).is_le());
    }
    rows.truncate(limit);
    has_more |= rows.len() < all;
    let next_cursor = rows.last().filter(|_| has_more).map(|(position, _)| position.to_cursor());
    Page { items: rows.into_iter().map(|(_, row)| row).collect(), next_cursor }
}

impl<T: Ranked + Serialize> NodeRanking<T> {
    /// Those of a node's rows that fit into one answer; `has_more` where there are others behind them.
    pub(crate) fn of(rows: Vec<T>, has_more: bool, limit: u32, order: Order) -> Self {
        let count = rows.len();
        let items = fitting(rows);
        let has_more = has_more || items.len() < count;
        Self { items, has_more, limit, order }
    }
}

/// Which rows of one node come after a position.
#[derive(Clone, Copy, Debug)]
pub(crate) struct After {
    value: i64,
    /// How the node's place compares with that of the position.
    place: Ordering,
    local: u64,
    order: Order,
}

impl After {
    pub(crate) fn new(position: &Position, node: &NodeName, generation: u64, order: Order) -> Self {
        let place = node.cmp(&position.node).then(generation.cmp(&position.generation));
        Self { value: position.value, place, local: position.local, order }
    }

    pub(crate) fn holds(&self, value: i64, local: u64) -> bool {
        let by_value = by_value(value, self.value, self.order);
        by_value.then(self.place).then(local.cmp(&self.local)).is_gt()
    }
}

/// The first `count` of a node's rows, each a number and its place, in their order.
pub(crate) fn first(mut rows: Vec<(i64, u64)>, count: usize, order: Order) -> Vec<(i64, u64)> {
    let compare = |one: &(i64, u64), other: &(i64, u64)| {
        by_value(one.0, other.0, order).then(one.1.cmp(&other.1))
    };
    if rows.len() > count && count > 0 {
        rows.select_nth_unstable_by(count - 1, compare);
    }
    rows.truncate(count);
    rows.sort_unstable_by(compare);
    rows
}

fn by_value(one: i64, other: i64, order: Order) -> Ordering {
    match order {
        Order::Desc => other.cmp(&one),
        Order::Asc => one.cmp(&other),
    }
}

#[cfg(test)]
#[path = "ranking_tests.rs"]
mod tests;
