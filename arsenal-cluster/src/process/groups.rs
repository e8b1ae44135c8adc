//! The process groups of ractor that have members on a node.

use std::sync::Arc;

use arsenal_core::{
    answer::{Cursor, Page},
    error::OperationError,
    name::NodeName,
};
use ractor::{ActorCell, pg};
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use super::{Pattern, ProcessId, ProcessTable, position::not_ours};
use crate::{
    fitting::{FirstRow, Fitting},
    network::ractor::AGENT_SCOPE,
};

/// Members of one group that a row names; the rest is counted.
const MEMBERS_SHOWN_MAX: usize = 100;

/// The members that a process group has on one node.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
pub struct ProcessGroup {
    /// The scope of the group; `__default_scope__` where it was given none.
    pub scope: String,
    /// The name of the group.
    pub name: String,
    /// The node.
    pub node: NodeName,
    /// The members that run on the node, in the order of their starts; at most 100.
    pub members: Vec<ProcessId>,
    /// How many members run on the node.
    pub members_total: usize,
    /// Whether Arsenal made it for itself.
    pub internal: bool,
}

/// Which process groups a list shows.
#[derive(Clone, Debug, Default)]
pub struct GroupQuery {
    /// Only groups that are called so.
    pub name: Option<Pattern>,
    /// Only groups of this scope.
    pub scope: Option<String>,
    /// Whether Arsenal's own are shown, too.
    pub include_internal: bool,
    /// After which row the page begins.
    pub after: Option<GroupPlace>,
    /// How many rows the page is to have.
    pub limit: usize,
}

/// Where a group stands in the list of a node.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
pub struct GroupPlace {
    /// Its scope.
    pub scope: String,
    /// Its name.
    pub name: String,
}

impl GroupQuery {
    /// All groups but Arsenal's own, from the row after this cursor on.
    ///
    /// # Errors
    ///
    /// `invalid_input` where the cursor is none that a list of groups gave.
    pub fn page(limit: u32, cursor: Option<&Cursor>) -> Result<Self, OperationError> {
        let after = cursor.map(|cursor| serde_json::from_str(cursor.as_str()));
        let after = after.transpose().map_err(|_other| not_ours())?;
        let limit = usize::try_from(limit).unwrap_or(usize::MAX);
        Ok(Self { after, limit, ..Self::default() })
    }

    fn asks_for(&self, place: &GroupPlace) -> bool {
        self.after.as_ref().is_none_or(|after| place > after)
            && self.scope.as_ref().is_none_or(|scope| *scope == place.scope)
            && self.name.as_ref().is_none_or(|name| name.matches(&place.name))
            && (self.include_internal || !place.is_internal())
    }

    /// The first of these places that are asked for and have members, as far as they fit.
    fn answer(
        &self,
        mut places: Vec<GroupPlace>,
        group: impl Fn(GroupPlace) -> Option<ProcessGroup>,
    ) -> Page<ProcessGroup> {
        places.retain(|place| self.asks_for(place));
        places.sort_unstable();
        let mut fitting = Fitting::new(FirstRow::Always);
        let mut rows = places.into_iter().filter_map(group).peekable();
        let mut items = Vec::new();
        while items.len() < self.limit
            && let Some(row) = rows.next_if(|row| fitting.takes(row))
        {
            items.push(row);
        }
        let last = items.last().filter(|_| rows.peek().is_some());
        let next_cursor = last.map(GroupPlace::of).map(|place| place.to_cursor());
        Page { items, next_cursor }
    }
}

impl GroupPlace {
    fn of(row: &ProcessGroup) -> Self {
        Self { scope: row.scope.clone(), name: row.name.clone() }
    }

    fn to_cursor(&self) -> Cursor {
        Cursor::new(serde_json::to_string(self).expect("two texts are JSON"))
    }

    fn is_internal(&self) -> bool {
        self.scope == AGENT_SCOPE
    }
}

impl ProcessTable {
    /// The process groups that have members on this node.
    ///
    /// # Errors
    ///
    /// `internal` where the node is about to end.
    pub async fn groups(
        self: &Arc<Self>,
        query: GroupQuery,
    ) -> Result<Page<ProcessGroup>, OperationError> {
        self.aside(move |table| {
            let places = pg::which_scopes_and_groups().into_iter();
            let place = |key: pg::ScopeGroupKey| GroupPlace {
                scope: key.get_scope(),
                name: key.get_group(),
            };
            query.answer(places.map(place).collect(), |place| table.group(place))
        })
        .await
    }

    /// None where it has no member on this node.
    fn group(&self, place: GroupPlace) -> Option<ProcessGroup> {
        let members = pg::get_scoped_local_members(&place.scope, &place.name);
        let own = members.iter().filter(|cell| self.has(cell));
        let mut locals: Vec<u64> = own.map(|cell: &ActorCell| cell.get_id().pid()).collect();
        locals.sort_unstable();
        let shown = locals.iter().take(MEMBERS_SHOWN_MAX);
        (!locals.is_empty()).then(|| ProcessGroup {
            members: shown.map(|local| self.id(*local)).collect(),
            members_total: locals.len(),
            internal: place.is_internal(),
            node: self.node.clone(),
            scope: place.scope,
            name: place.name,
        })
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::fitting::ROWS_BYTES_MAX;

    fn place(scope: &str, name: &str) -> GroupPlace {
        GroupPlace { scope: scope.to_owned(), name: name.to_owned() }
    }

    fn row(place: GroupPlace) -> ProcessGroup {
        ProcessGroup {
            internal: place.is_internal(),
            scope: place.scope,
            name: place.name,
            node: "a".parse().unwrap(),
            members: Vec::new(),
            members_total: 1,
        }
    }

    fn places() -> Vec<GroupPlace> {
        [("x", "b"), ("arsenal", "a.1"), ("x", "empty"), ("x", "a"), ("y", "a")]
            .map(|(scope, name)| place(scope, name))
            .into()
    }

    /// What all pages of this length list.
    fn all(limit: u32, query: impl Fn(GroupQuery) -> GroupQuery) -> Vec<String> {
        let (mut seen, mut cursor) = (Vec::new(), None);
        loop {
            let query = query(GroupQuery::page(limit, cursor.as_ref()).unwrap());
            let page = query.answer(places(), |place| (place.name != "empty").then(|| row(place)));
            seen.extend(page.items.iter().map(|row| format!("{}/{}", row.scope, row.name)));
            cursor = page.next_cursor;
            if cursor.is_none() {
                return seen;
            }
        }
    }

    #[test]
    fn pages_list_every_group_that_is_asked_for_once() {
        for limit in [1, 2, 100] {
            assert_eq!(all(limit, |query| query), ["x/a", "x/b", "y/a"]);
            let of_scope = |query| GroupQuery { scope: Some(String::from("x")), ..query };
            assert_eq!(all(limit, of_scope), ["x/a", "x/b"]);
            let named = |query| GroupQuery { name: Some(Pattern::new("a")), ..query };
            assert_eq!(all(limit, named), ["x/a", "y/a"]);
            let whole = |query| GroupQuery { include_internal: true, ..query };
            assert_eq!(all(limit, whole), ["arsenal/a.1", "x/a", "x/b", "y/a"]);
        }
        assert!(GroupQuery::page(1, Some(&Cursor::new("x"))).is_err());
    }

    #[test]
    fn a_page_ends_where_it_would_not_fit_into_a_frame() {
        let large = |place: GroupPlace| {
            let filler = "x".repeat(ROWS_BYTES_MAX);
            Some(ProcessGroup { scope: format!("{}{filler}", place.scope), ..row(place) })
        };
        let page = GroupQuery::page(100, None).unwrap().answer(places(), large);
        assert_eq!((page.items.len(), page.next_cursor.is_some()), (1, true));
    }
}
