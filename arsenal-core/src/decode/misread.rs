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
        message: in_plain_words(diagnose::message(&error)),
    })
}

/// serde ends with the name of a Rust type where it met another one; clients know none.
fn in_plain_words(message: String) -> String {
    let Some((found, expected)) = message.rsplit_once(", expected ") else { return message };
    let words = match expected {
        "u8" => whole_number(u8::MIN, u8::MAX),
        "u16" => whole_number(u16::MIN, u16::MAX),
        "u32" => whole_number(u32::MIN, u32::MAX),
        "u64" | "usize" => whole_number(u64::MIN, u64::MAX),
        "i8" => whole_number(i8::MIN, i8::MAX),
        "i16" => whole_number(i16::MIN, i16::MAX),
        "i32" => whole_number(i32::MIN, i32::MAX),
        "i64" | "isize" => whole_number(i64::MIN, i64::MAX),
        "u128" | "i128" => "a whole number".to_owned(),
        "f32" | "f64" => "a number".to_owned(),
        "a boolean" => "true or false".to_owned(),
        "unit" => "null".to_owned(),
        _ => return message,
    };
    format!("{found}, expected {words}")
}

fn whole_number(least: impl std::fmt::Display, most: impl std::fmt::Display) -> String {
    format!("a whole number from {least} to {most}")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_client_reads_where_and_what() {
        let wrong = read_value::<Vec<(u8, bool)>>(br#"[[1, true], [2, "x"]]"#).unwrap_err();
        assert_eq!(wrong.pointer, "/1/1");
        assert_eq!(wrong.message, "invalid type: string \"x\", expected true or false");
        let wrong = read_value::<u8>(b"300").unwrap_err();
        let expected = "invalid value: integer `300`, expected a whole number from 0 to 255";
        assert_eq!((&*wrong.pointer, &*wrong.message), ("", expected));
    }

    #[test]
    fn other_words_stay() {
        let wrong = read_value::<String>(b"1").unwrap_err();
        assert_eq!(wrong.message, "invalid type: integer `1`, expected a string");
    }
}
