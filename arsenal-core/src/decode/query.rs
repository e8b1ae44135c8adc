//! The pairs of a raw query, found in place.

use std::iter;

use super::encoding::{Encoding, decoded};

/// The pairs of a query, still encoded.
pub(crate) fn pairs(query: &str) -> impl Iterator<Item = (&str, &str)> {
    let mut rest = query;
    let next_part = iter::from_fn(move || {
        let (part, behind) = cut(rest, b'&');
        rest = behind;
        (!part.is_empty() || !rest.is_empty()).then_some(part)
    });
    next_part.filter(|pair| !pair.is_empty()).map(|pair| cut(pair, b'='))
}

/// What stands before and behind the first of an ASCII character. For texts as short as those of a
/// query this is much cheaper than a search for a pattern.
fn cut(text: &str, at: u8) -> (&str, &str) {
    let Some(found) = text.bytes().position(|byte| byte == at) else { return (text, "") };
    let (before, rest) = text.split_at(found);
    (before, rest.get(1..).unwrap_or_default())
}

/// All values of one name, still encoded.
pub(super) fn values<'a>(query: &'a str, name: &'a str) -> impl Iterator<Item = &'a str> {
    pairs(query).filter(move |(raw, _)| is_name(raw, name)).map(|(_, value)| value)
}

/// Whether an encoded name is this one.
pub(crate) fn is_name(raw: &str, name: &str) -> bool {
    raw == name || decoded(raw, Encoding::Query).is_some_and(|decoded| decoded == name)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn pairs_are_found_in_place() {
        let all: Vec<_> = pairs("a=1&&b&c=x=y&%61=2").collect();
        assert_eq!(all, [("a", "1"), ("b", ""), ("c", "x=y"), ("%61", "2")]);
        assert_eq!(values("a=1&b=0&%61=2", "a").collect::<Vec<_>>(), ["1", "2"]);
        assert_eq!(values("", "a").count(), 0);
    }
}
