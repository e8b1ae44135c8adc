//! Where a row stands in a list over all nodes, and which rows come after it. Pure.

use std::cmp::Ordering;

use arsenal_core::{answer::Cursor, name::NodeName};
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use super::{Order, ProcessId};

/// Where a row stands in the whole list.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
pub struct Position {
    value: i64,
    node: NodeName,
    generation: u64,
    local: u64,
}

impl Position {
    pub(super) fn new(value: i64, pid: ProcessId) -> Self {
        let ProcessId { node, generation, local } = pid;
        Self { value, node, generation, local }
    }

    /// From a cursor; none where it is not one of ours.
    pub(super) fn read(cursor: &Cursor) -> Option<Self> {
        serde_json::from_str(cursor.as_str()).ok()
    }

    pub(super) fn to_cursor(&self) -> Cursor {
        Cursor::new(serde_json::to_string(self).expect("numbers and a name are JSON"))
    }

    /// Which of two comes first.
    pub(super) fn cmp(&self, other: &Self, order: Order) -> Ordering {
        let place = |position: &Self| (position.generation, position.local);
        by_value(self.value, other.value, order)
            .then_with(|| self.node.cmp(&other.node))
            .then_with(|| place(self).cmp(&place(other)))
    }
}

/// Which rows of one node come after a position.
#[derive(Clone, Copy, Debug)]
pub(super) struct After {
    value: i64,
    /// How the node's place compares with that of the position.
    place: Ordering,
    local: u64,
    order: Order,
}

impl After {
    pub(super) fn new(position: &Position, node: &NodeName, generation: u64, order: Order) -> Self {
        let place = node.cmp(&position.node).then(generation.cmp(&position.generation));
        Self { value: position.value, place, local: position.local, order }
    }

    pub(super) fn holds(&self, value: i64, local: u64) -> bool {
        let by_value = by_value(value, self.value, self.order);
        by_value.then(self.place).then(local.cmp(&self.local)).is_gt()
    }
}

/// The first `count` of a node's rows, each a number and its place, in their order.
pub(super) fn first(mut rows: Vec<(i64, u64)>, count: usize, order: Order) -> Vec<(i64, u64)> {
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
