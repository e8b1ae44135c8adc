//! How far a path is from a template: what must be changed to get from one to the other. Pure.
//!
//! The words of a path count. Steps that many paths share say little, so leaving one out costs less
//! than any letter; and a capture takes whatever is there.

use crate::nearest::{compared, edits, letter_edits, near_limit};

/// One letter, in units of a distance.
pub(super) const LETTER: usize = 4;

/// A step that many paths share, forgotten or too many.
pub(super) const COMMON_STEP: usize = 1;

/// A capture for which nothing was given.
pub(super) const CAPTURE: usize = LETTER;

/// A step too many, however long it is: `/processes/x/terminate` is about processes.
const STRAY_LETTERS: usize = 3;

/// One word of several that are written with `-` stands for all of them at this price.
const PART_LETTERS: usize = 2;

/// Shorter words are found as parts by chance.
const PART_LETTERS_MIN: usize = 3;

/// Segments that are longer or shorter by more are other words; they are not compared letter by
/// letter, as anybody can ask for unknown paths and all templates are looked at.
const SLIP_LETTERS_MAX: usize = 4;

/// One segment of a path or of a template.
enum Step<'a> {
    /// `api`, `cluster`, a version.
    Common(&'a [u8]),
    /// `{…}` of a template.
    Capture,
    /// Any other of a template.
    Word(&'a [u8]),
    /// Any other of a path.
    Given(&'a [u8]),
}

/// The distance between a path and a template, if it is small for a path with these words.
pub(super) fn distance(path: &str, template: &str) -> Option<usize> {
    let wanted: Vec<Step<'_>> = segments(compared(path)).map(Step::given).collect();
    let candidate: Vec<Step<'_>> = segments(template.as_bytes()).map(Step::of_template).collect();
    let distance = edits(&wanted, &candidate, Step::weight, Step::change);
    let letters = wanted.iter().map(Step::letters).sum();
    // Rounded down, so that steps which many paths share are not counted.
    (distance / LETTER <= near_limit(letters)).then_some(distance)
}

fn segments(path: &[u8]) -> impl Iterator<Item = &[u8]> {
    path.split(|byte| *byte == b'/').filter(|segment| !segment.is_empty())
}

impl<'a> Step<'a> {
    fn given(segment: &'a [u8]) -> Self {
        if is_common(segment) { Self::Common(segment) } else { Self::Given(segment) }
    }

    fn of_template(segment: &'a [u8]) -> Self {
        match segment {
            [b'{', ..] => Self::Capture,
            common if is_common(common) => Self::Common(common),
            word => Self::Word(word),
        }
    }

    /// How many letters of a path say what is wanted.
    fn letters(&self) -> usize {
        if let Self::Given(word) = self { word.len() } else { 0 }
    }

    /// What it costs to add or to leave out.
    fn weight(&self) -> usize {
        match self {
            Self::Common(_) => COMMON_STEP,
            Self::Capture => CAPTURE,
            Self::Word(word) => word.len() * LETTER,
            Self::Given(_) => STRAY_LETTERS * LETTER,
        }
    }

    /// What it costs to make a step of the path into one of the template.
    fn change(&self, to: &Self) -> usize {
        match (self, to) {
            (Self::Common(_), Self::Capture) => COMMON_STEP,
            (_, Self::Capture) => 0,
            (Self::Common(a), Self::Common(b)) if a.eq_ignore_ascii_case(b) => 0,
            (Self::Common(a), Self::Common(b)) if is_version(a) && is_version(b) => COMMON_STEP,
            _ => words(self.text(), to.text()),
        }
    }

    fn text(&self) -> &'a [u8] {
        match self {
            Self::Common(text) | Self::Word(text) | Self::Given(text) => text,
            Self::Capture => b"",
        }
    }
}

fn is_common(segment: &[u8]) -> bool {
    segment.eq_ignore_ascii_case(b"api")
        || segment.eq_ignore_ascii_case(b"cluster")
        || is_version(segment)
}

fn is_version(segment: &[u8]) -> bool {
    matches!(segment, [b'v' | b'V', digits @ ..] if !digits.is_empty() && digits.iter().all(u8::is_ascii_digit))
}

/// The letters in which two words differ; all of them where they are other words.
fn words(wanted: &[u8], candidate: &[u8]) -> usize {
    let longest = wanted.len().max(candidate.len());
    let letters = slip(wanted, candidate).unwrap_or(longest);
    let part = if wanted.len() < PART_LETTERS_MIN || !candidate.contains(&b'-') {
        None
    } else {
        candidate.split(|byte| *byte == b'-').filter_map(|part| slip(wanted, part)).min()
    };
    part.map_or(letters, |slip| letters.min(slip + PART_LETTERS)) * LETTER
}

/// In how many letters a word was mistyped, if it was.
fn slip(wanted: &[u8], candidate: &[u8]) -> Option<usize> {
    if wanted.len().abs_diff(candidate.len()) > SLIP_LETTERS_MAX {
        return None;
    }
    let letters = letter_edits(wanted, candidate);
    (letters <= near_limit(wanted.len().max(candidate.len()))).then_some(letters)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn captures_take_any_segment() {
        assert_eq!(distance("/api/v1/nodes/a/", "/api/v1/nodes/{node}"), Some(0));
        assert_eq!(distance("/api/v1/ndes/a", "/api/v1/nodes/{node}"), Some(LETTER));
        assert_eq!(distance("/api/v1/nodes", "/api/v1/nodes/{node}"), Some(CAPTURE));
        assert_eq!(distance("/api/v1/nodes/cluster", "/api/v1/nodes/{node}"), Some(COMMON_STEP));
        assert_eq!(distance("/", "/api/v1/nodes/{node}"), None);
    }

    #[test]
    fn steps_that_many_paths_share_say_little() {
        for (path, changes) in [
            ("/api/nodes/a", 1),
            ("/nodes/a", 2),
            ("/api/v2/nodes/a", 1),
            ("/api/v1/cluster/nodes/a", 1),
        ] {
            let expected = Some(changes * COMMON_STEP);
            assert_eq!(distance(path, "/api/v1/nodes/{node}"), expected, "{path}");
        }
    }

    #[test]
    fn another_word_is_not_near_and_a_part_of_a_word_is() {
        assert_eq!(distance("/api/v1/groups", "/api/v1/cluster/mode"), None);
        let part = distance("/api/v1/trees", "/api/v1/supervision-trees");
        assert_eq!(part, Some(PART_LETTERS * LETTER));
        let stray = distance("/api/v1/nodes/a/terminate", "/api/v1/nodes/{node}");
        assert_eq!(stray, Some(STRAY_LETTERS * LETTER));
    }
}
