//! Which of many names was meant: edit distances, and the choice of the few nearest.

use crate::limits::SUGGESTIONS_MAX;

/// Texts beyond this length are compared by their beginning only, so that one request costs little.
const COMPARED_BYTES_MAX: usize = 128;

/// The candidates with the least distances, nearest first; one without a distance is not near.
pub(crate) fn nearest<T>(
    candidates: impl IntoIterator<Item = T>,
    distance: impl Fn(&T) -> Option<usize>,
) -> Vec<T> {
    let mut near: Vec<(usize, T)> = candidates
        .into_iter()
        .filter_map(|candidate| Some((distance(&candidate)?, candidate)))
        .collect();
    near.sort_by_key(|(distance, _)| *distance);
    near.truncate(SUGGESTIONS_MAX);
    near.into_iter().map(|(_, candidate)| candidate).collect()
}

/// The edits between two texts, if they are few for a text of this length.
pub(crate) fn text_distance(wanted: &str, candidate: &str) -> Option<usize> {
    let distance =
        edits(wanted.as_bytes(), candidate.as_bytes(), |_| 1, |a, b| usize::from(a != b));
    (distance <= near_limit(wanted.len())).then_some(distance)
}

/// The edits between a path and a template, whose captures take any segment, if they are few.
pub(crate) fn path_distance(path: &str, template: &str) -> Option<usize> {
    let shown = path.get(..path.len().min(COMPARED_BYTES_MAX))?;
    let (wanted, candidate) = (segments(shown), segments(template));
    let weight = |segment: &&str| segment.len().max(1);
    let distance = edits(&wanted, &candidate, weight, |a, b| {
        if is_capture(b) {
            0
        } else {
            edits(a.as_bytes(), b.as_bytes(), |_| 1, |x, y| usize::from(x != y))
        }
    });
    (distance <= near_limit(shown.len())).then_some(distance)
}

/// A third of the text may differ, and always a few letters.
fn near_limit(length: usize) -> usize {
    (length / 3).max(2)
}

fn segments(path: &str) -> Vec<&str> {
    path.split('/').filter(|segment| !segment.is_empty()).collect()
}

fn is_capture(segment: &str) -> bool {
    segment.starts_with('{')
}

/// The least cost of turning one sequence into the other (Levenshtein), one row at a time.
fn edits<T>(
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
        assert_eq!(text_distance("process.list", "cluster.topology"), None);
    }

    #[test]
    fn captures_take_any_segment() {
        assert_eq!(path_distance("/api/v1/nodes/a/", "/api/v1/nodes/{node}"), Some(0));
        assert_eq!(path_distance("/api/v1/ndes/a", "/api/v1/nodes/{node}"), Some(1));
        assert_eq!(path_distance("/api/nodes/a", "/api/v1/nodes/{node}"), Some(2));
        assert_eq!(path_distance("/", "/api/v1/nodes/{node}"), None);
    }

    #[test]
    fn the_nearest_come_first_and_are_few() {
        let names = ["abcde", "abcxx", "abcdx", "abcd", "zzzzz"];
        let near = nearest(names, |name| text_distance("abcde", name).or(Some(9)));
        assert_eq!(near, ["abcde", "abcdx", "abcd"]);
    }
}
