//! Percent-encoding of paths and queries.

use std::borrow::Cow;

/// How a text is encoded.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Encoding {
    /// Not at all: headers.
    Plain,
    /// `%2F`.
    Path,
    /// `%2F`, and `+` for a space.
    Query,
}

/// The decoded text; `None` if it is not UTF-8. A `%` without two hex digits stands for itself, as
/// browsers read it.
pub(super) fn decoded(text: &str, encoding: Encoding) -> Option<Cow<'_, str>> {
    let is_special = |byte: u8| byte == b'%' || (byte == b'+' && encoding == Encoding::Query);
    if encoding == Encoding::Plain || !text.bytes().any(is_special) {
        return Some(Cow::Borrowed(text));
    }
    let mut out = Vec::with_capacity(text.len());
    let mut rest = text.as_bytes();
    while let Some((first, tail)) = rest.split_first() {
        rest = tail;
        match first {
            b'%' => match hex_pair(tail) {
                Some((byte, tail)) => {
                    out.push(byte);
                    rest = tail;
                }
                None => out.push(b'%'),
            },
            b'+' if encoding == Encoding::Query => out.push(b' '),
            byte => out.push(*byte),
        }
    }
    String::from_utf8(out).ok().map(Cow::Owned)
}

fn hex_pair(bytes: &[u8]) -> Option<(u8, &[u8])> {
    let (pair, rest) = bytes.split_at_checked(2)?;
    let digits = str::from_utf8(pair).ok()?;
    let is_hex = digits.bytes().all(|digit| digit.is_ascii_hexdigit());
    is_hex.then(|| u8::from_str_radix(digits, 16).ok()).flatten().map(|byte| (byte, rest))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn it_decodes() {
        for (encoded, encoding, text) in [
            ("a%2Fb", Encoding::Path, "a/b"),
            ("a+b%2b", Encoding::Path, "a+b+"),
            ("a+b%2b", Encoding::Query, "a b+"),
            ("%C3%A4", Encoding::Query, "ä"),
            ("100%", Encoding::Query, "100%"),
            ("%+f%zz%4", Encoding::Path, "%+f%zz%4"),
            ("%41+", Encoding::Plain, "%41+"),
        ] {
            assert_eq!(decoded(encoded, encoding).as_deref(), Some(text), "{encoded}");
        }
        assert_eq!(decoded("%ff", Encoding::Path), None);
    }
}
