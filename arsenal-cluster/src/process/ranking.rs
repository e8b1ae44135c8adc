//! Which rows of a list come first, on one node and over all. Pure.
//!
//! Rows are ordered by a number, those with the same number by their place: node, start of the node,
//! local number. A cursor is the position of the last row that was given, so that what starts or ends
//! meanwhile moves no other row. A row whose own number changes between two pages may come twice or
//! not at all; ages are ordered by the moment that they are counted from, which stands still.

use arsenal_core::answer::{NodeAnswer, Page};
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use super::{Position, Process, ProcessId, Sorting};
use crate::fitting::{FirstRow, Fitting};

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
    /// What it is measured in.
    pub unit: RankUnit,
}

/// What a number of a rank is measured in.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "snake_case")]
pub enum RankUnit {
    /// It counts.
    Count,
    /// Milliseconds.
    Ms,
    /// Microseconds.
    Us,
}

impl SortKey {
    /// What its numbers are measured in.
    pub(super) const fn unit(self) -> RankUnit {
        match self {
            Self::OldestMessageAge | Self::HandlingTime | Self::Age => RankUnit::Ms,
            Self::Busy | Self::HandlerP99 | Self::HandlerMax => RankUnit::Us,
            Self::MailboxDepth
            | Self::Sent
            | Self::Handled
            | Self::Restarts
            | Self::Children
            | Self::ChildrenFailed => RankUnit::Count,
        }
    }
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

/// What a list over all nodes has as rows.
pub trait Ranked {
    /// The process that a row is about; no two rows are about the same one.
    fn pid(&self) -> &ProcessId;
}

impl Ranked for Process {
    fn pid(&self) -> &ProcessId {
        &self.pid
    }
}

/// A row, and the number that it is ordered by.
#[derive(Clone, Debug, Serialize, Deserialize, JsonSchema)]
#[schemars(rename = "StandingOf{T}")]
pub struct Standing<T> {
    /// The number.
    pub value: i64,
    /// The row.
    pub row: T,
}

/// One node's part of a list.
#[derive(Clone, Debug, Serialize, Deserialize, JsonSchema)]
#[schemars(rename = "NodeRankingOf{T}")]
pub struct NodeRanking<T = Process> {
    /// The first rows of the node after the cursor.
    pub items: Vec<Standing<T>>,
    /// Where the node has more: how far these rows go. What it has up to there and is not among them
    /// has ended while they were looked up.
    pub up_to: Option<Position>,
    /// How many rows the whole list is to have.
    pub limit: u32,
    /// What it is ordered by.
    pub sorting: Sorting,
}

/// One page of what all nodes gave. It ends where a node has more than it gave, for the next row may be
/// among that; so it may have fewer rows than were asked for, even none, and still not be the last.
pub fn merge_rankings<T: Ranked>(answers: Vec<NodeAnswer<NodeRanking<T>>>) -> Page<T> {
    let Some(first) = answers.first() else { return Page { items: Vec::new(), next_cursor: None } };
    let (limit, sorting) = (first.answer.limit, first.answer.sorting);
    let order = sorting.order;
    let limit = usize::try_from(limit).unwrap_or(usize::MAX);
    let mut up_to: Option<Position> = None;
    let mut rows: Vec<(Position, T)> = Vec::new();
    for NodeAnswer { answer, .. } in answers {
        up_to =
            [up_to, answer.up_to].into_iter().flatten().min_by(|one, other| one.cmp(other, order));
        rows.extend(answer.items.into_iter().map(|row| (row.position(), row.row)));
    }
    rows.sort_by(|(one, _), (other, _)| one.cmp(other, order));
    if let Some(up_to) = &up_to {
        rows.retain(|(position, _)| position.cmp(up_to, order).is_le());
    }
    if rows.len() > limit {
        rows.truncate(limit);
        up_to = rows.last().map(|(position, _)| position.clone());
    }
    let next_cursor = up_to.map(|position| sorting.cursor(position));
    Page { items: rows.into_iter().map(|(_, row)| row).collect(), next_cursor }
}

impl<T: Ranked> Standing<T> {
    pub(super) fn position(&self) -> Position {
        Position::new(self.value, self.row.pid().clone())
    }
}

impl<T: Ranked + Serialize> NodeRanking<T> {
    /// Those of a node's rows that fit into one answer. `up_to` is where the node stopped to choose
    /// rows, if there are others behind them.
    pub(super) fn of(
        rows: Vec<Standing<T>>,
        up_to: Option<Position>,
        limit: u32,
        sorting: Sorting,
    ) -> Self {
        let (count, first) = (rows.len(), rows.first().map(Standing::position));
        let items = Fitting::of(FirstRow::IfItFits, rows);
        let up_to = if items.len() < count {
            // A row that does not fit even alone is left out, so that every page leads on.
            items.last().map(Standing::position).or(first)
        } else {
            up_to
        };
        Self { items, up_to, limit, sorting }
    }
}

#[cfg(test)]
#[path = "ranking_tests.rs"]
mod tests;
