//! How many events are read of each node. Pure.

/// Splits a total over nodes that have so many each: none is given more than it has, and what one leaves is
/// for those that have more.
pub(super) fn split(total: u32, have: &[u64]) -> Vec<u32> {
    let mut parts = vec![0; have.len()];
    let mut left = u64::from(total);
    let mut by_size: Vec<(usize, u64)> = have.iter().copied().enumerate().collect();
    by_size.sort_by_key(|(_, has)| *has);
    for (given, (place, has)) in by_size.into_iter().enumerate() {
        // The smallest first: an even part of what is left, the last one all of it.
        let nodes_left = (have.len() - given) as u64;
        let part = has.min(left / nodes_left);
        left -= part;
        if let Some(slot) = parts.get_mut(place) {
            // No more than the total.
            *slot = u32::try_from(part).unwrap_or(u32::MAX);
        }
    }
    parts
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_a_small_one_leaves_is_for_the_large_ones() {
        for (total, have, expected) in [
            (10, &[3, 100, 100][..], &[3, 3, 4][..]),
            (10, &[100, 1, 2], &[7, 1, 2]),
            (10, &[1, 2, 3], &[1, 2, 3]),
            (0, &[5, 5], &[0, 0]),
            (2, &[5, 5, 5], &[0, 1, 1]),
            (10, &[u64::MAX], &[10]),
            (10, &[], &[]),
        ] {
            assert_eq!(split(total, have), expected, "{total} over {have:?}");
        }
    }
}
