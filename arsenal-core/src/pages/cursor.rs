//! Where a list over all nodes stands on each node: the content of its cursor. Pure.

use std::collections::BTreeMap;

use serde::{Deserialize, Serialize};

use crate::{
    answer::Cursor,
    arguments::OwnedArguments,
    error::{OperationError, Violation, ViolationPlace},
    name::NodeName,
};

/// Where the list stands on one node.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub(super) enum NodePlace {
    /// After the row that this cursor of the node names.
    At(String),
    /// All rows were listed.
    Done,
    /// It gave no answer, and is not asked again.
    Failed,
}

impl NodePlace {
    pub(super) fn after(next: Option<Cursor>) -> Self {
        next.map_or(Self::Done, |cursor| Self::At(cursor.as_str().to_owned()))
    }
}

/// Where the list stands on every node; one that is not named has not been asked yet.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(transparent)]
pub(super) struct PagePlaces(BTreeMap<NodeName, NodePlace>);

impl PagePlaces {
    /// The places that the request's `cursor` names; none without a cursor.
    pub(super) fn read(arguments: &OwnedArguments) -> Result<Self, OperationError> {
        let Some(encoded) = arguments.borrowed().text("cursor") else {
            return Ok(Self::default());
        };
        let parsed = serde_json::from_value::<Cursor>(serde_json::Value::String(encoded))
            .and_then(|cursor| serde_json::from_str(cursor.as_str()));
        parsed.map_err(|_not_ours| {
            let message = "is not a cursor that an answer gave";
            OperationError::invalid_input([Violation::of(ViolationPlace::Query, "cursor", message)])
        })
    }

    /// Whether it may have more rows.
    pub(super) fn is_open(&self, node: &NodeName) -> bool {
        !matches!(self.0.get(node), Some(NodePlace::Done | NodePlace::Failed))
    }

    /// Whether it was asked, for this page or an earlier one, and answered last time.
    pub(super) fn has_answered(&self, node: &NodeName) -> bool {
        matches!(self.0.get(node), Some(NodePlace::At(_) | NodePlace::Done))
    }

    pub(super) fn has_failed(&self, node: &NodeName) -> bool {
        self.0.get(node) == Some(&NodePlace::Failed)
    }

    pub(super) fn set(&mut self, node: NodeName, place: NodePlace) {
        self.0.insert(node, place);
    }

    /// The node's own cursor, where it gave one.
    pub(super) fn cursor(&self, node: &NodeName) -> Option<Cursor> {
        match self.0.get(node) {
            Some(NodePlace::At(text)) => Some(Cursor::new(text.clone())),
            Some(NodePlace::Done | NodePlace::Failed) | None => None,
        }
    }

    pub(super) fn to_cursor(&self) -> Cursor {
        Cursor::new(serde_json::to_string(self).expect("names and texts are JSON"))
    }
}
