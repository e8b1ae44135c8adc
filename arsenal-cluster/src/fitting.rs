//! How much of a list one node gives at once: as many rows as fit into a frame.

use serde::Serialize;

/// Bytes of rows, as JSON, that one node gives at once: with some room, a frame.
pub(crate) const ROWS_BYTES_MAX: usize = 700 << 10;

/// What becomes of a first row that does not fit by itself.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum FirstRow {
    /// It is given all the same, for the list goes on after the last row that was given.
    Always,
    /// It is left out: whoever gives the list can say where it goes on, or how much is missing.
    IfItFits,
}

/// Room for rows. Once one did not fit, none does: what follows is never shown without it.
#[derive(Clone, Debug)]
pub(crate) struct Fitting {
    /// None once the first row has come.
    first: Option<FirstRow>,
    bytes: usize,
}

impl Fitting {
    pub(crate) const fn new(first: FirstRow) -> Self {
        Self { first: Some(first), bytes: 0 }
    }

    /// The same room, less what is sent beside the rows.
    pub(crate) fn beside(self, other: &impl Serialize) -> Self {
        Self { bytes: self.bytes.saturating_add(length(other)), ..self }
    }

    /// Takes the room that a row needs, and says whether there was as much.
    pub(crate) fn takes<T: Serialize>(&mut self, row: &T) -> bool {
        let is_given = self.first.take() == Some(FirstRow::Always);
        self.bytes = self.bytes.saturating_add(length(row));
        is_given || self.bytes <= ROWS_BYTES_MAX
    }

    /// Whether no row fits any more.
    pub(crate) const fn is_full(&self) -> bool {
        self.bytes > ROWS_BYTES_MAX
    }

    /// The first of these rows that fit.
    pub(crate) fn of<T: Serialize>(first: FirstRow, rows: Vec<T>) -> Vec<T> {
        let mut fitting = Self::new(first);
        rows.into_iter().take_while(|row| fitting.takes(row)).collect()
    }
}

/// How long something is in JSON. What cannot be written takes no room; it is an error where it is sent.
fn length(value: &impl Serialize) -> usize {
    serde_json::to_vec(value).map_or(0, |json| json.len())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn rows_are_given_up_to_the_bound() {
        let row = "x".repeat(ROWS_BYTES_MAX / 3);
        for first in [FirstRow::Always, FirstRow::IfItFits] {
            assert_eq!(Fitting::of(first, vec![row.clone(); 2]).len(), 2);
            assert_eq!(Fitting::of(first, vec![row.clone(); 4]).len(), 2, "quotes count, too");
        }
    }

    #[test]
    fn a_first_row_that_does_not_fit_is_given_or_left_out_as_was_said() {
        let rows = vec!["x".repeat(ROWS_BYTES_MAX), String::new()];
        assert_eq!(Fitting::of(FirstRow::Always, rows.clone()).len(), 1);
        assert!(Fitting::of(FirstRow::IfItFits, rows).is_empty());
    }

    #[test]
    fn nothing_fits_behind_what_did_not() {
        let mut fitting = Fitting::new(FirstRow::IfItFits);
        assert!(fitting.takes(&1) && !fitting.is_full());
        assert!(!fitting.takes(&"x".repeat(ROWS_BYTES_MAX)));
        assert!(!fitting.takes(&1) && fitting.is_full());
    }
}
