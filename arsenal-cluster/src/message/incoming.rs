//! A message as JSON, before its type reads it: the name of a variant and what stands beside it.

use std::fmt;

use arsenal_core::{
    __private::meant,
    decode::{Misread, read_value},
};
use serde::{
    Deserialize, Deserializer,
    de::{DeserializeOwned, Error, MapAccess, Visitor},
};
use serde_json::value::RawValue;

use super::{MessageError, MessageSpec};

/// The longest name that is repeated to the sender.
const NAME_BYTES_MAX: usize = 100;

/// What a message holds, undecoded.
#[doc(hidden)]
#[derive(Clone, Copy, Debug)]
pub struct Payload<'a> {
    /// The variant, where its name stands around.
    tag: Option<&'static str>,
    json: Option<&'a str>,
}

impl Payload<'_> {
    /// The one value that the message holds.
    pub fn value<T: DeserializeOwned>(self) -> Result<T, MessageError> {
        let Some(json) = self.json else {
            let name = self.tag.unwrap_or_default();
            let message = format!("`{name}` needs a value, as in {{\"{name}\": …}}");
            return Err(MessageError::invalid("", message));
        };
        read_value(json.as_bytes()).map_err(|Misread { pointer, message }| {
            MessageError::invalid(self.pointer() + &pointer, message)
        })
    }

    /// Makes sure that nothing is given: no value, `null` or `{}`.
    pub fn nothing(self) -> Result<(), MessageError> {
        let is_nothing = |json: &str| {
            json == "null" || json.strip_prefix('{').is_some_and(|rest| rest.trim_start() == "}")
        };
        if self.json.is_none_or(is_nothing) {
            return Ok(());
        }
        let message = match self.tag {
            Some(name) => format!("`{name}` takes no value; it is sent as \"{name}\""),
            None => "this message takes no value; it is sent as null".to_owned(),
        };
        Err(MessageError::invalid(self.pointer(), message))
    }

    fn pointer(self) -> String {
        self.tag.map(|tag| format!("/{tag}")).unwrap_or_default()
    }
}

/// Which variant it is, by its number, and what it holds.
pub(super) fn read<'a>(
    spec: &'static MessageSpec,
    is_tagged: bool,
    json: &'a [u8],
) -> Result<(usize, Payload<'a>), MessageError> {
    let json = str::from_utf8(json)
        .map_err(|error| MessageError::invalid("", format!("is no text: {error}")))?;
    if !is_tagged {
        return Ok((0, Payload { tag: None, json: Some(json.trim()) }));
    }
    let tagged: Tagged<'a> = read_value(json.as_bytes()).map_err(of_whole(json))?;
    let offered = spec.variants.iter().enumerate().filter(|(_, it)| it.json.is_some());
    let found = offered.clone().find(|(_, variant)| variant.name == tagged.name);
    let Some((index, variant)) = found else {
        return Err(unknown(&tagged, offered.map(|(_, variant)| variant.name)));
    };
    Ok((index, Payload { tag: Some(variant.name), json: tagged.payload.map(RawValue::get) }))
}

/// What is no object is wrong as a whole, whatever was read of it.
fn of_whole(json: &str) -> impl FnOnce(Misread) -> Misread {
    let is_object = json.trim_start().starts_with('{');
    move |misread| if is_object { misread } else { Misread { pointer: String::new(), ..misread } }
}

fn unknown(
    tagged: &Tagged<'_>,
    offered: impl Iterator<Item = &'static str> + Clone,
) -> MessageError {
    let hint = match meant(&tagged.name, offered.clone()) {
        Some(name) => format!("did you mean `{name}`?"),
        None => {
            let names: Vec<String> = offered.map(|name| format!("`{name}`")).collect();
            format!("expected one of {}", names.join(", "))
        }
    };
    let end = tagged.name.floor_char_boundary(NAME_BYTES_MAX);
    let name = tagged.name.get(..end).unwrap_or_default();
    MessageError::invalid("", format!("there is no message `{name}`; {hint}"))
}

/// `"name"`, or `{"name": payload}`.
struct Tagged<'a> {
    name: String,
    payload: Option<&'a RawValue>,
}

impl<'de: 'a, 'a> Deserialize<'de> for Tagged<'a> {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        deserializer.deserialize_any(TaggedVisitor)
    }
}

struct TaggedVisitor;

impl<'de> Visitor<'de> for TaggedVisitor {
    type Value = Tagged<'de>;

    fn expecting(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.write_str("the name of a message, or an object with it as the only field")
    }

    fn visit_str<E: Error>(self, name: &str) -> Result<Self::Value, E> {
        Ok(Tagged { name: name.to_owned(), payload: None })
    }

    fn visit_map<M: MapAccess<'de>>(self, mut map: M) -> Result<Self::Value, M::Error> {
        let (name, payload) =
            map.next_entry()?.ok_or_else(|| M::Error::invalid_length(0, &self))?;
        if map.next_key::<String>()?.is_some() {
            return Err(M::Error::custom("one message at a time: it is the only field"));
        }
        Ok(Tagged { name, payload: Some(payload) })
    }
}
