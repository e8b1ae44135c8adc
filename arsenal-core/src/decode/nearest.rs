//! The known name that somebody probably meant.

/// Longer names are not compared: nobody mistypes them, and the work stays bounded.
const COMPARED_CHARS_MAX: usize = 64;

/// The known name that differs least, if it differs in at most a third of its letters.
pub(super) fn nearest(
    given: &str,
    known: impl Iterator<Item = &'static str>,
) -> Option<&'static str> {
    let letters: Vec<char> = given.chars().take(COMPARED_CHARS_MAX + 1).collect();
    if letters.len() > COMPARED_CHARS_MAX {
        return None;
    }
    known
        .map(|name| (distance(&letters, name), name))
        .filter(|(distance, name)| *distance <= name.chars().count().div_ceil(3))
        .min()
        .map(|(_, name)| name)
}

/// How many letters must be put in, taken out or changed (Levenshtein), ignoring case.
fn distance(left: &[char], right: &str) -> usize {
    let mut row: Vec<usize> = (0..=left.len()).collect();
    for (above, letter) in right.chars().enumerate() {
        let mut diagonal = above;
        let mut previous = above + 1;
        let mut next = vec![previous];
        for (other, up) in left.iter().zip(row.iter().skip(1)) {
            let change = usize::from(!other.eq_ignore_ascii_case(&letter));
            previous = (diagonal + change).min(up + 1).min(previous + 1);
            diagonal = *up;
            next.push(previous);
        }
        row = next;
    }
    row.last().copied().unwrap_or_default()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn meant(given: &str) -> Option<&'static str> {
        nearest(given, ["limit", "cursor", "kind"].into_iter())
    }

    #[test]
    fn a_slip_is_recognised() {
        assert_eq!(meant("limits"), Some("limit"));
        assert_eq!(meant("Limt"), Some("limit"));
        assert_eq!(meant("curser"), Some("cursor"));
        assert_eq!(meant("kinds"), Some("kind"));
    }

    #[test]
    fn another_word_is_not() {
        assert_eq!(meant("offset"), None);
        assert_eq!(meant(""), None);
        assert_eq!(meant(&"limit".repeat(1000)), None);
    }
}
