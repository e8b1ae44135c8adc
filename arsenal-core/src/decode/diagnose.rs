//! The thorough way through a body that is wrong: every field by itself, so that all mistakes are
//! named at once.

use std::fmt;

use serde::{
    Deserialize, Deserializer,
    de::{IgnoredAny, MapAccess, Visitor},
};
use serde_json::value::RawValue;

use super::{
    UnknownNames,
    list::Slots,
    object::Fields,
    pointer,
    report::Report,
    rules::broken_range,
    slots::GIVEN_TWICE,
    wording::{in_plain_words, narrowed_by},
};
use crate::{
    error::{InvalidInput, ViolationPlace},
    limits::VIOLATIONS_LISTED_MAX,
    nearest::meant,
    spec::Parameter,
};

/// Reads the fields of an object one by one, into empty slots.
#[cold]
pub(super) fn fields(
    slots: &mut dyn Slots,
    fields: Fields<'_>,
    json: &[u8],
    report: &mut Report,
) -> Result<(), InvalidInput> {
    let RawFields(given) = match serde_json::from_slice(json) {
        Ok(given) => given,
        Err(error) => return not_an_object(fields, json, &error, report),
    };
    // How often each parameter was given. Bounded work: a repeated field is read once.
    let mut counts = vec![0_u32; fields.parameters.len()];
    for (name, value) in &given {
        let index = fields.find(name, 0);
        let known = index
            .and_then(|index| Some((index, fields.parameters.get(index)?, counts.get_mut(index)?)));
        let Some((index, parameter, count)) = known else {
            unknown(fields, name, report);
            continue;
        };
        *count = count.saturating_add(1);
        match *count {
            1 => field(slots, fields, (index, parameter), value, report),
            2 => report.parameter(index, parameter, "", GIVEN_TWICE),
            _ => {}
        }
    }
    Ok(())
}

/// Says what is wrong with a body that is one argument.
#[cold]
pub(super) fn whole(
    slots: &dyn Slots,
    (index, parameter): (usize, &Parameter),
    body: &[u8],
    error: &serde_json::Error,
    report: &mut Report,
) -> Result<(), InvalidInput> {
    refuse_what_is_not_json(body)?;
    if let (Some(inspector), Ok(json)) = (slots.inspector(index), serde_json::from_slice(body))
        && report.inspect(index, parameter, json, inspector)
    {
        return Ok(());
    }
    let pointer = pointer::at(body, error.line(), error.column());
    report.parameter(index, parameter, &pointer, message(error));
    Ok(())
}

/// Reads one field as an object of its own, through the same code as the whole object.
fn field(
    slots: &mut dyn Slots,
    fields: Fields<'_>,
    (index, parameter): (usize, &Parameter),
    value: &RawValue,
    report: &mut Report,
) {
    let alone = format!("{{{}:{}}}", serde_json::Value::from(parameter.name), value.get());
    let Err(error) = slots.read_object(fields, alone.as_bytes()) else { return };
    if let Some(rule) = broken_range(parameter.rules, value.get()) {
        return report.broken_rule(index, parameter, rule);
    }
    let inspector = slots.inspector(index);
    if inspector.is_some_and(|inspector| report.inspect(index, parameter, value, inspector)) {
        return;
    }
    let pointer = pointer::at(alone.as_bytes(), error.line(), error.column());
    // The first step leads to the field itself.
    let inside = pointer.get(1..).and_then(|steps| steps.find('/'));
    let inside = inside.and_then(|start| pointer.get(start + 1..)).unwrap_or("");
    let message = message(&error);
    // The rules are those of the value itself, not of its parts.
    let is_itself = inside.is_empty();
    let message = if is_itself { narrowed_by(parameter.rules, message) } else { message };
    report.parameter(index, parameter, inside, message);
}

fn unknown(fields: Fields<'_>, name: &str, report: &mut Report) {
    if fields.unknown == UnknownNames::Ignored {
        return;
    }
    let is_listed = report.unknown_count() < VIOLATIONS_LISTED_MAX;
    let nearest = if is_listed { meant(name, fields.names()) } else { None };
    report.unknown(ViolationPlace::Body, name, nearest);
}

fn not_an_object(
    fields: Fields<'_>,
    json: &[u8],
    error: &serde_json::Error,
    report: &mut Report,
) -> Result<(), InvalidInput> {
    refuse_what_is_not_json(json)?;
    report.body(message(error));
    // The fields are not missing one by one: the object is.
    for (index, parameter) in fields.parameters.iter().enumerate() {
        if fields.find(parameter.name, index) == Some(index) {
            report.suppress(index);
        }
    }
    Ok(())
}

/// Does not recurse, so that no depth of nesting can exhaust the stack.
fn refuse_what_is_not_json(bytes: &[u8]) -> Result<(), InvalidInput> {
    serde_json::from_slice::<IgnoredAny>(bytes)
        .map(drop)
        .map_err(|error| InvalidInput::malformed(error.to_string()))
}

/// What serde says, in plain words and without the line and column: the pointer says where.
pub(super) fn message(error: &serde_json::Error) -> String {
    let mut text = error.to_string();
    let place = format!(" at line {} column {}", error.line(), error.column());
    if let Some(end) = text.strip_suffix(&place).map(str::len) {
        text.truncate(end);
    }
    in_plain_words(text)
}

/// The fields of an object, undecoded, in the order given, repeated ones included.
pub(super) struct RawFields<'a>(pub(super) Vec<(String, &'a RawValue)>);

impl<'de: 'a, 'a> Deserialize<'de> for RawFields<'a> {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        deserializer.deserialize_map(RawVisitor)
    }
}

struct RawVisitor;

impl<'de> Visitor<'de> for RawVisitor {
    type Value = RawFields<'de>;

    fn expecting(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.write_str("an object")
    }

    fn visit_map<M: MapAccess<'de>>(self, mut map: M) -> Result<Self::Value, M::Error> {
        let mut fields = Vec::new();
        while let Some(field) = map.next_entry()? {
            fields.push(field);
        }
        Ok(RawFields(fields))
    }
}
