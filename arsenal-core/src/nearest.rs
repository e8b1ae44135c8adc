//! Which of many names was meant: edit distances, and the choice of the few nearest.

use crate::limits::SUGGESTIONS_MAX;

/// Texts beyond this length are compared by their beginning only, so that one request costs little.
const COMPARED_BYTES_MAX: usize = 128;

/// By how much a candidate may be farther than twice the nearest one and still be meant.
const SLIP_EDITS: usize = 2;

/// The candidates with the least distances, nearest first. One without a distance is not near, nor is
/// one that is far beyond the nearest: where that one is a slip away, nobody meant the others.
pub(crate) fn nearest<T>(
    candidates: impl IntoIterator<Item = T>,
    distance: impl Fn(&T) -> Option<usize>,
) -> Vec<T> {
    nearest_within(SLIP_EDITS, candidates, distance)
}

/// The same where distances are not counted in letters: `slip` is how much may be added to twice the
/// least one.
pub(crate) fn nearest_within<T>(
    slip: usize,
    candidates: impl IntoIterator<Item = T>,
    distance: impl Fn(&T) -> Option<usize>,
) -> Vec<T> {
    let mut near: Vec<(usize, T)> = candidates
        .into_iter()
        .filter_map(|candidate| Some((distance(&candidate)?, candidate)))
        .collect();
    near.sort_by_key(|(distance, _)| *distance);
    let farthest = near.first().map_or(0, |(nearest, _)| nearest * 2 + slip);
    near.retain(|(distance, _)| *distance <= farthest);
    near.truncate(SUGGESTIONS_MAX);
    near.into_iter().map(|(_, candidate)| candidate).collect()
}

/// The one known name that somebody probably meant.
pub fn meant(given: &str, known: impl IntoIterator<Item = &'static str>) -> Option<&'static str> {
    nearest(known, |name| text_distance(given, name)).into_iter().next()
}

/// The edits between two texts, ignoring case, if they are few for a text of this length.
pub(crate) fn text_distance(wanted: &str, candidate: &str) -> Option<usize> {
    let wanted = compared(wanted);
    let distance = letter_edits(wanted, candidate.as_bytes());
    // Where every letter of the candidate must be written anew, nobody meant it.
    let is_near = distance <= near_limit(wanted.len()) && distance < candidate.len();
    is_near.then_some(distance)
}

/// What is looked at of a text that anybody can send.
pub(crate) fn compared(text: &str) -> &[u8] {
    text.as_bytes().get(..COMPARED_BYTES_MAX).unwrap_or(text.as_bytes())
}

/// A third of the text may differ, and always a few letters.
pub(crate) fn near_limit(length: usize) -> usize {
    (length / 3).max(2)
}

/// The edits between two words, ignoring case.
pub(crate) fn letter_edits(from: &[u8], to: &[u8]) -> usize {
    edits(from, to, |_| 1, |a, b| usize::from(!a.eq_ignore_ascii_case(b)))
}

/// The least cost of turning one sequence into the other (Levenshtein), one row at a time.
pub(crate) fn edits<T>(
    from: &[T],
    to: &[T],
    weight: impl Fn(&T) -> usize,
    change: impl Fn(&T, &T) -> usize,
) -> usize {
    let mut row = vec![0];
    row.extend(to.iter().scan(0, |sum, item| {
        *sum += weight(item);
        Some(*sum)
    }));
    for old in from {
        let mut diagonal = row.first().copied().unwrap_or(0);
        let mut left = diagonal + weight(old);
        if let Some(first) = row.first_mut() {
            *first = left;
        }
        for (cell, new) in row.iter_mut().skip(1).zip(to) {
            let above = *cell;
            let best =
                (diagonal + change(old, new)).min(above + weight(old)).min(left + weight(new));
            (diagonal, left, *cell) = (above, best, best);
        }
    }
    row.last().copied().unwrap_or(0)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_slip_is_near_and_another_word_is_not() {
        assert_eq!(text_distance("proces.list", "process.list"), Some(1));
        assert_eq!(text_distance("list", "list"), Some(0));
        assert_eq!(text_distance("Limt", "limit"), Some(1));
        assert_eq!(text_distance("process.list", "cluster.topology"), None);
        assert_eq!(text_distance("", "id"), None);
        assert_eq!(text_distance(&"limit".repeat(1000), "limit"), None);
    }

    #[test]
    fn the_nearest_come_first_and_are_few() {
        let names = ["abcde", "abcxx", "abcdx", "abcd", "zzzzz"];
        let near = nearest(names, |name| text_distance("abcde", name).or(Some(9)));
        assert_eq!(near, ["abcde", "abcdx", "abcd"]);
        let near = nearest([("far", 9), ("near", 1), ("also", 4)], |(_, distance)| Some(*distance));
        assert_eq!(near, [("near", 1), ("also", 4)]);
    }
}
