//! Long lists, a page at a time.

use std::borrow::Cow;

use base64::{Engine as _, engine::general_purpose::URL_SAFE_NO_PAD};
use schemars::{JsonSchema, Schema, SchemaGenerator, json_schema};
use serde::{Deserialize, Deserializer, Serialize, Serializer, de::Error as _};

/// One page of a list.
///
/// An operation that answers a `Page` takes the parameters `limit` and `cursor`. With
/// `target = all_nodes` it lists its own node only; core merges the pages of all nodes.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[schemars(rename = "PageOf{T}")]
pub struct Page<T> {
    /// The rows.
    pub items: Vec<T>,
    /// Where the next page starts: send it as `cursor`. Absent on the last page.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub next_cursor: Option<Cursor>,
}

impl<T> Page<T> {
    /// The whole list on one page.
    pub fn last(items: Vec<T>) -> Self {
        Self { items, next_cursor: None }
    }

    /// The first `limit` rows of a sorted run of rows that starts after the cursor; `cursor_of`
    /// names the place of a row, so that the next page starts after it.
    pub fn take(
        rows: impl IntoIterator<Item = T>,
        limit: usize,
        cursor_of: impl Fn(&T) -> Cursor,
    ) -> Self {
        let mut rows = rows.into_iter();
        let items: Vec<T> = rows.by_ref().take(limit).collect();
        let next_cursor = if rows.next().is_some() { items.last().map(cursor_of) } else { None };
        Self { items, next_cursor }
    }
}

/// A place in a list: opaque to clients, who only send back what they were given.
///
/// Travels as unpadded URL-safe base64 of the text that it holds.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub struct Cursor(String);

impl Cursor {
    /// A cursor that holds this text.
    pub fn new(text: impl Into<String>) -> Self {
        Self(text.into())
    }

    /// The text that it holds.
    pub fn as_str(&self) -> &str {
        &self.0
    }
}

impl Serialize for Cursor {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.serialize_str(&URL_SAFE_NO_PAD.encode(&self.0))
    }
}

impl<'de> Deserialize<'de> for Cursor {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        let encoded = Cow::<'de, str>::deserialize(deserializer)?;
        URL_SAFE_NO_PAD
            .decode(&*encoded)
            .ok()
            .and_then(|bytes| String::from_utf8(bytes).ok())
            .map(Self)
            .ok_or_else(|| D::Error::custom("is not a cursor that an answer gave"))
    }
}

impl JsonSchema for Cursor {
    fn inline_schema() -> bool {
        true
    }
    fn schema_name() -> Cow<'static, str> {
        "Cursor".into()
    }
    fn json_schema(_: &mut SchemaGenerator) -> Schema {
        json_schema!({ "type": "string", "description": "Opaque: send back what the last page gave." })
    }
}
