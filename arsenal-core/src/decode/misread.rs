//! What is wrong with one JSON value, in words of those who sent it.

use serde::Deserialize;

use super::{diagnose, pointer};

/// Where a value is wrong, and what is wrong with it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Misread {
    /// The JSON pointer (RFC 6901) of the place, from the value; empty for the value itself.
    pub pointer: String,
    /// What is wrong, without the place.
    pub message: String,
}

/// Reads one value strictly: unknown fields of what derives `Parameters` are refused.
pub fn read_value<'de, T: Deserialize<'de>>(json: &'de [u8]) -> Result<T, Misread> {
    serde_json::from_slice(json).map_err(|error| Misread {
        pointer: pointer::at(json, error.line(), error.column()),
        message: diagnose::message(&error),
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_client_reads_where_and_what() {
        let wrong = read_value::<Vec<(u8, bool)>>(br#"[[1, true], [2, "x"]]"#).unwrap_err();
        assert_eq!(wrong.pointer, "/1/1");
        assert_eq!(wrong.message, "must be `true` or `false`, not \"x\"");
        let wrong = read_value::<u8>(b"300").unwrap_err();
        assert_eq!(wrong.pointer, "");
    }
}
