//! What a list of processes is asked for.

use std::{fmt, time::Duration};

use arsenal_core::{answer::Cursor, error::OperationError};
use regex::Regex;

use super::{
    HealthStatus, Order, Position, ProcessAddress, ProcessKind, ProcessStatus, SortKey, Sorting,
    position::SortedBy,
};

/// Which processes a list shows, in which order.
#[derive(Clone, Debug, Default)]
pub struct ProcessQuery {
    /// Only what is there for this.
    pub kind: Option<ProcessKind>,
    /// Whether what is Arsenal's own is shown, too; it is where it is asked for by its kind.
    pub include_internal: bool,
    /// Only what is called so, by Arsenal or in ractor.
    pub name: Option<Pattern>,
    /// Only actors of such types.
    pub actor_type: Option<Pattern>,
    /// Only what is here in its life.
    pub status: Option<ProcessStatus>,
    /// Only the children of this process.
    pub supervisor: Option<ProcessAddress>,
    /// Only what supervises others, be it Arsenal's own or not.
    pub has_children: bool,
    /// Only what is instrumented, or what is not.
    pub instrumented: Option<bool>,
    /// Only instrumented processes that do so well.
    pub health: Option<HealthStatus>,
    /// What it is sorted by; without it by node and start. Processes of which that number is not known are
    /// left out.
    pub sort: Option<SortKey>,
    /// Which end comes first.
    pub order: Order,
    /// Sorts by how much the number changed within this time, which the list waits for.
    pub window: Option<Duration>,
    /// After which row the page begins.
    pub after: Option<Position>,
    /// How many rows the whole list is to have.
    pub limit: u32,
}

impl ProcessQuery {
    /// The same list, from the row after this cursor on.
    ///
    /// # Errors
    ///
    /// `invalid_input` where the cursor is none that a list in this order gave.
    pub fn page(self, cursor: Option<&Cursor>) -> Result<Self, OperationError> {
        let after = self.sorting().position(cursor)?;
        Ok(Self { after, ..self })
    }

    /// Whether what is Arsenal's own is left out.
    pub(super) fn leaves_out_internal(&self) -> bool {
        !self.include_internal && self.kind != Some(ProcessKind::Internal)
    }

    /// What it is ordered by.
    pub(super) fn sorting(&self) -> Sorting {
        let by = match (self.sort, self.window) {
            (None, _) => SortedBy::Start,
            (Some(key), None) => SortedBy::Number(key),
            (Some(key), Some(_)) => SortedBy::Change(key),
        };
        Sorting { by, order: self.order }
    }
}

/// A part of a text; or, where it has a `*`, the whole of it with anything for each `*`.
#[derive(Clone)]
pub struct Pattern(Regex);

impl Pattern {
    /// Reads a pattern; every text is one.
    pub fn new(text: &str) -> Self {
        let parts: Vec<String> = text.split('*').map(regex::escape).collect();
        let expression = match parts.as_slice() {
            [part] => part.clone(),
            parts => format!("(?s)^{}$", parts.join(".*")),
        };
        Self(Regex::new(&expression).expect("escaped parts make a regular expression"))
    }

    /// Whether a text is as it says.
    pub fn matches(&self, text: &str) -> bool {
        self.0.is_match(text)
    }
}

impl fmt::Debug for Pattern {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.0.as_str().fmt(formatter)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_part_matches_anywhere_and_a_star_makes_it_whole() {
        for (pattern, text, matches) in [
            ("ount", "Counter", true),
            ("count", "Counter", false),
            ("", "anything", true),
            ("Co*er", "Counter", true),
            ("Co*", "A Counter", false),
            ("*er", "Counter", true),
            ("a.c", "abc", false),
            ("a(*", "a(b\nc", true),
        ] {
            assert_eq!(Pattern::new(pattern).matches(text), matches, "{pattern} {text}");
        }
    }
}
