//! The pairs of a raw query, found in place.

use super::encoding::{Encoding, decoded};

/// The pairs of a query, still encoded.
pub(crate) fn pairs(query: &str) -> impl Iterator<Item = (&str, &str)> {
    query
        .split('&')
        .filter(|pair| !pair.is_empty())
        .map(|pair| pair.split_once('=').unwrap_or((pair, "")))
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
