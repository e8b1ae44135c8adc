//! How much of a list one node gives at once.

use serde::Serialize;

/// Bytes of rows that one node gives at once: with some room, a frame.
pub(super) const ROWS_BYTES_MAX: usize = 700 << 10;

/// The first rows that fit into what a node may send.
pub(super) fn fitting<T: Serialize>(rows: Vec<T>) -> Vec<T> {
    let mut bytes = 0;
    let fits = |row: &T| {
        bytes += serde_json::to_vec(row).map_or(0, |row| row.len());
        bytes <= ROWS_BYTES_MAX
    };
    rows.into_iter().take_while(fits).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn rows_are_given_up_to_the_bound() {
        let row = "x".repeat(ROWS_BYTES_MAX / 3);
        assert_eq!(fitting(vec![row.clone(); 2]).len(), 2);
        assert_eq!(fitting(vec![row; 4]).len(), 2, "quotes count, too");
    }
}
