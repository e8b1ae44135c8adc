//! What serde says, in words of those who send JSON. They know no Rust types, no variants, no maps.
//!
//! serde gives text only, so its text is read; what is not known here stays as it is. Pure.

use std::fmt;

use super::rules::narrowed;
use crate::spec::Rule;

/// How a message begins that says the bounds of a type.
const WHOLE_NUMBER: &str = "must be a whole number from ";

/// What is wrong with a value, to be read after its name or its pointer.
pub(super) fn in_plain_words(message: String) -> String {
    plain(&message).unwrap_or(message)
}

fn plain(message: &str) -> Option<String> {
    if message.starts_with("data did not match any variant of untagged enum ") {
        return Some("has none of the forms that are possible here".to_owned());
    }
    match message {
        "invalid number" => return Some("must be a number".to_owned()),
        // Of an enum that is given a number, a list, null.
        "expected value" => return Some("is not a value that is possible here".to_owned()),
        _ => {}
    }
    if let Some(field) = message.strip_prefix("missing field ") {
        return Some(format!("lacks the field {field}"));
    }
    if let Some(field) = message.strip_prefix("duplicate field ") {
        return Some(format!("has the field {field} twice"));
    }
    // The value comes first, and may say anything: what is expected comes last.
    let (found, expected) = message.rsplit_once(", expected ")?;
    if let Some(variant) = found.strip_prefix("unknown variant ") {
        return Some(format!("must be {expected}, not {variant}"));
    }
    if let Some(field) = found.strip_prefix("unknown field ") {
        return Some(format!("{field} is not a field here; there is {expected}"));
    }
    if let Some(length) = found.strip_prefix("invalid length ") {
        let expected = kind(expected);
        return Some(format!("must be {expected}, but has a length of {length}"));
    }
    let found =
        found.strip_prefix("invalid type: ").or_else(|| found.strip_prefix("invalid value: "))?;
    Some(format!("must be {}, not {}", kind(expected), value(found)))
}

/// The same of a parameter whose rules narrow what a whole number may be.
pub(super) fn narrowed_by(rules: &[Rule], message: String) -> String {
    let narrower = || {
        let (bounds, found) = message.strip_prefix(WHOLE_NUMBER)?.split_once(", not ")?;
        let (least, most) = bounds.split_once(" to ")?;
        let (least, most) = narrowed(rules, least, most);
        Some(format!("{WHOLE_NUMBER}{least} to {most}, not {found}"))
    };
    narrower().unwrap_or(message)
}

/// What was given. Scalars speak for themselves.
fn value(found: &str) -> &str {
    match found {
        "sequence" => "a list",
        "map" => "an object",
        "unit value" | "Option value" => "null",
        _ => ["string ", "integer ", "floating point ", "boolean ", "character "]
            .into_iter()
            .find_map(|kind| found.strip_prefix(kind))
            .unwrap_or(found),
    }
}

/// What a Rust type is in JSON.
fn kind(expected: &str) -> String {
    let whole = match expected.strip_prefix("a nonzero ") {
        Some(number) => nonzero_number(number),
        None => whole_number(expected, 0),
    };
    whole.or_else(|| list_of(expected)).unwrap_or_else(|| scalar(expected).to_owned())
}

fn scalar(expected: &str) -> &str {
    match expected {
        "f32" | "f64" => "a number",
        "a boolean" => "`true` or `false`",
        "a character" => "one character",
        "unit" => "null",
        "a sequence" => "a list",
        "a map" => "an object",
        _ if expected.starts_with("unit struct ") => "null",
        _ if expected.starts_with("struct ") => "an object",
        _ if expected.starts_with("tuple struct ") => "a list",
        _ if expected.starts_with("tuple variant ") => "a list",
        _ => expected,
    }
}

/// A list of as many items as a tuple, an array or a struct has.
fn list_of(expected: &str) -> Option<String> {
    let tail = ["tuple of size ", "an array of length "]
        .into_iter()
        .find_map(|head| expected.strip_prefix("a ").unwrap_or(expected).strip_prefix(head));
    let of_struct = || expected.strip_suffix(" elements")?.rsplit_once(" with ").map(|it| it.1);
    let items: usize = tail.or_else(of_struct)?.parse().ok()?;
    Some(format!("a list of {items} items"))
}

fn nonzero_number(number: &str) -> Option<String> {
    let except = if number.starts_with('i') { " except 0" } else { "" };
    Some(whole_number(number, 1)? + except)
}

/// `least` is for types without a sign.
fn whole_number(expected: &str, least: u8) -> Option<String> {
    fn from(least: impl fmt::Display, most: impl fmt::Display) -> String {
        format!("a whole number from {least} to {most}")
    }
    Some(match expected {
        "u8" => from(least, u8::MAX),
        "u16" => from(least, u16::MAX),
        "u32" => from(least, u32::MAX),
        "u64" | "usize" => from(least, u64::MAX),
        "i8" => from(i8::MIN, i8::MAX),
        "i16" => from(i16::MIN, i16::MAX),
        "i32" => from(i32::MIN, i32::MAX),
        "i64" | "isize" => from(i64::MIN, i64::MAX),
        "u128" | "i128" => "a whole number".to_owned(),
        _ => return None,
    })
}

#[cfg(test)]
mod tests {
    use std::num::{NonZeroI8, NonZeroU16};

    use serde::{Deserialize, de::DeserializeOwned};

    use super::*;
    use crate::{decode::read_value, spec::Number};

    #[derive(Debug, Deserialize)]
    #[serde(deny_unknown_fields)]
    #[expect(dead_code, reason = "only read")]
    struct Point {
        x: i8,
        y: i8,
    }

    #[derive(Debug, Deserialize)]
    #[serde(rename_all = "snake_case")]
    enum Colour {
        Red,
        Green,
        Blue,
    }

    #[derive(Debug, Deserialize)]
    #[serde(rename_all = "snake_case")]
    enum Switch {
        On,
        Off,
    }

    #[derive(Debug, Deserialize)]
    #[serde(untagged)]
    #[expect(dead_code, reason = "only read")]
    enum Either {
        Number(u8),
        List(Vec<u8>),
    }

    #[track_caller]
    fn says<T: DeserializeOwned + fmt::Debug>(json: &str, expected: &str) {
        assert_eq!(read_value::<T>(json.as_bytes()).unwrap_err().message, expected);
    }

    #[test]
    fn numbers_say_their_bounds() {
        says::<u8>("300", "must be a whole number from 0 to 255, not `300`");
        says::<i8>("1.5", "must be a whole number from -128 to 127, not `1.5`");
        says::<u32>("\"x\"", "must be a whole number from 0 to 4294967295, not \"x\"");
        says::<NonZeroU16>("0", "must be a whole number from 1 to 65535, not `0`");
        says::<NonZeroI8>("0", "must be a whole number from -128 to 127 except 0, not `0`");
        says::<f64>("[]", "must be a number, not a list");
        says::<u128>("true", "must be a number");
    }

    #[test]
    fn rules_narrow_the_bounds_of_a_number_and_nothing_else() {
        let rules = [Rule::Range { min: None, max: Some(Number::Integer(9)) }];
        let said = |json: &[u8]| read_value::<u8>(json).unwrap_err().message;
        let narrowed = narrowed_by(&rules, said(b"\"5 to 7, not 6\""));
        assert_eq!(narrowed, "must be a whole number from 0 to 9, not \"5 to 7, not 6\"");
        let other = read_value::<bool>(b"1").unwrap_err().message;
        assert_eq!(narrowed_by(&rules, other.clone()), other);
    }

    #[test]
    fn other_types_are_named_as_in_json() {
        says::<bool>("1", "must be `true` or `false`, not `1`");
        says::<String>("{}", "must be a string, not an object");
        says::<Vec<u8>>("3", "must be a list, not `3`");
        says::<Point>("null", "must be an object, not null");
        says::<std::collections::BTreeMap<u8, u8>>("[]", "must be an object, not a list");
        says::<()>("0", "must be null, not `0`");
        says::<(u8, u8)>("[1]", "must be a list of 2 items, but has a length of 1");
        says::<[u8; 3]>("{}", "must be a list of 3 items, not an object");
    }

    #[test]
    fn choices_are_listed() {
        says::<Colour>("\"x\"", "must be one of `red`, `green`, `blue`, not `x`");
        says::<Switch>("\"of\"", "must be `on` or `off`, not `of`");
        says::<Switch>("3", "is not a value that is possible here");
        says::<Either>("\"x\"", "has none of the forms that are possible here");
    }

    #[test]
    fn fields_are_called_fields() {
        says::<Point>(r#"{"x":1}"#, "lacks the field `y`");
        says::<Point>(r#"{"x":1,"x":2}"#, "has the field `x` twice");
        says::<Point>(r#"{"z":1}"#, "`z` is not a field here; there is `x` or `y`");
        says::<Point>("[1]", "must be a list of 2 items, but has a length of 1");
    }

    #[test]
    fn values_do_not_confuse_it_and_other_words_stay() {
        says::<u8>(
            "\", expected u8\"",
            "must be a whole number from 0 to 255, not \", expected u8\"",
        );
        let own = "the moon must be full, expected tomorrow";
        assert_eq!(in_plain_words(own.to_owned()), own);
    }
}
