//! Where a row stands in a list over all nodes, which rows come after it, and the cursor that says so. Pure.

use std::cmp::Ordering;

use arsenal_core::{
    answer::Cursor,
    error::{OperationError, Violation, ViolationPlace},
    name::NodeName,
};
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use super::{Order, ProcessId, SortKey};

/// What a list is ordered by. Its cursors say it, so that no list goes on where another ended.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
pub struct Sorting {
    /// The number of its rows.
    pub by: SortedBy,
    /// Which end comes first.
    pub order: Order,
}

/// The number that rows are ordered by.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "snake_case")]
pub enum SortedBy {
    /// None: they are in the order of nodes and starts.
    Start,
    /// This one.
    Number(SortKey),
    /// By how much this one changed within a time.
    Change(SortKey),
    /// When they failed.
    Failure,
}

/// What a cursor holds.
#[derive(Serialize, Deserialize)]
struct Place {
    sorting: Sorting,
    after: Position,
}

impl Sorting {
    /// Where the list goes on after a cursor.
    ///
    /// # Errors
    ///
    /// `invalid_input` where no list that is ordered so gave the cursor.
    pub(super) fn position(
        self,
        cursor: Option<&Cursor>,
    ) -> Result<Option<Position>, OperationError> {
        let Some(cursor) = cursor else { return Ok(None) };
        let place: Place = serde_json::from_str(cursor.as_str()).map_err(|_other| not_ours())?;
        if place.sorting == self {
            Ok(Some(place.after))
        } else {
            Err(refused("is of a list that is ordered in another way"))
        }
    }

    /// The cursor of a page that ends here.
    pub(super) fn cursor(self, after: Position) -> Cursor {
        let place = Place { sorting: self, after };
        Cursor::new(serde_json::to_string(&place).expect("numbers and names are JSON"))
    }
}

/// The refusal of a cursor that no list gave.
pub(super) fn not_ours() -> OperationError {
    refused("is not a cursor that an answer gave")
}

fn refused(message: &str) -> OperationError {
    OperationError::invalid_input([Violation::of(ViolationPlace::Query, "cursor", message)])
}

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

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_cursor_is_good_for_the_list_that_gave_it_only() {
        let sorting = |by, order| Sorting { by, order };
        let all = [
            sorting(SortedBy::Start, Order::Desc),
            sorting(SortedBy::Start, Order::Asc),
            sorting(SortedBy::Number(SortKey::Handled), Order::Desc),
            sorting(SortedBy::Number(SortKey::Age), Order::Desc),
            sorting(SortedBy::Number(SortKey::Age), Order::Asc),
            sorting(SortedBy::Change(SortKey::Age), Order::Asc),
            sorting(SortedBy::Failure, Order::Desc),
        ];
        let pid = ProcessId { node: "a".parse().unwrap(), generation: 1, local: 2 };
        let position = Position::new(7, pid);
        for one in all {
            let cursor = one.cursor(position.clone());
            for other in all {
                let read = other.position(Some(&cursor));
                if one == other {
                    assert_eq!(read.unwrap().as_ref(), Some(&position));
                } else {
                    assert_eq!(read.unwrap_err().status(), 422, "{one:?} {other:?}");
                }
            }
            assert!(one.position(Some(&Cursor::new("x"))).is_err());
        }
    }
}
