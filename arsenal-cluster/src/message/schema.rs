//! The schemas of messages, put together from those of what they hold.

use arsenal_core::openapi::{read_schema, written_schema};
use schemars::{JsonSchema, Schema, SchemaGenerator, json_schema};
use serde_json::{Map, Value, json};

use super::{MessageSpec, VariantJson, VariantSpec};

impl MessageSpec {
    /// The schema of a message by itself; `None` where none is made from JSON. Definitions stand
    /// under `$defs`.
    pub fn schema(&self) -> Option<Map<String, Value>> {
        let is_tagged = self.json?.is_tagged;
        let one = |generator: &mut SchemaGenerator| {
            let offered = self.variants.iter();
            let all: Vec<_> =
                offered.filter_map(|variant| variant.of(is_tagged, generator)).collect();
            json_schema!({ "description": self.description, "oneOf": all })
        };
        Some(read_schema(one))
    }

    /// The schema of the messages of one variant.
    pub fn variant_schema(&self, variant: &VariantSpec) -> Option<Map<String, Value>> {
        let is_tagged = self.json?.is_tagged;
        variant.json?;
        Some(read_schema(|generator| variant.of(is_tagged, generator).unwrap_or_default()))
    }
}

impl VariantSpec {
    /// The schema of its replies, if it is a call.
    pub fn reply_schema(&self) -> Option<Map<String, Value>> {
        self.json?.reply.map(written_schema)
    }

    fn of(&self, is_tagged: bool, generator: &mut SchemaGenerator) -> Option<Schema> {
        let Self { name, description, json, .. } = self;
        let VariantJson { payload, .. } = (*json)?;
        let mut schema = match payload.map(|payload| payload(generator)) {
            Some(payload) if is_tagged => json_schema!({
                "type": "object",
                "properties": { *name: payload },
                "required": [name],
                "additionalProperties": false,
            }),
            Some(payload) => payload,
            None if is_tagged => json_schema!({ "const": name }),
            None => json_schema!({ "type": "null" }),
        };
        if is_tagged && !description.is_empty() {
            schema.insert("description".to_owned(), json!(description));
        }
        Some(schema)
    }
}

/// The schema of what stands inside of another one; large types become references.
#[doc(hidden)]
pub fn schema_within<T: JsonSchema>(generator: &mut SchemaGenerator) -> Schema {
    generator.subschema_for::<T>()
}

/// The schema of what stands by itself.
#[doc(hidden)]
pub fn schema_alone<T: JsonSchema>(generator: &mut SchemaGenerator) -> Schema {
    T::json_schema(generator)
}
