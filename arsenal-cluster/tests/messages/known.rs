//! What is known of a type of messages.

use std::any::TypeId;

use arsenal_cluster::message::{ArsenalMessage, message_spec};
use ractor::RpcReplyPort;
use serde_json::{Value, json};

use crate::shop::{ShopMessage, spec};

#[derive(ArsenalMessage)]
enum Quiet<T: Send + 'static> {
    One(T),
    Two,
}

#[derive(ArsenalMessage)]
enum Never {}

#[test]
fn variants_have_names_and_descriptions() {
    let spec = spec();
    assert_eq!((spec.type_name)(), "messages::shop::ShopMessage");
    assert_eq!(spec.description, "What a shop understands.");
    assert!(spec.is_shown);
    let names: Vec<_> = spec.variants.iter().map(|variant| variant.name).collect();
    assert_eq!(names, ShopMessage::VARIANTS);
    let get = &spec.variants[3];
    assert_eq!(get.description, "Asks for the number.\n\nIt is answered at once.");
    assert!(get.is_call && get.json.is_some());
    let internal = spec.variants.last().unwrap();
    assert_eq!(internal.name, "internal");
    assert!(!internal.is_call && internal.json.is_none());
}

#[test]
fn a_message_says_which_it_is_and_what_it_holds() {
    assert_eq!(ShopMessage::Fail.variant(), 7);
    let shown = ShopMessage::Add(3);
    assert_eq!(format!("{:?}", shown.show().unwrap()), "Add(3)");
    assert!(Quiet::One(1_u8).show().is_none());
    assert_eq!(Quiet::<String>::VARIANTS, ["one", "two"]);
    assert_eq!(Quiet::<String>::Two.variant(), 1);
}

#[test]
fn types_with_parameters_are_not_listed() {
    assert!(message_spec(TypeId::of::<Quiet<u8>>()).is_none());
    assert!(message_spec(TypeId::of::<u8>()).is_none());
    let never = message_spec(TypeId::of::<Never>()).unwrap();
    assert!(never.variants.is_empty() && never.schema().is_none());
}

#[test]
fn there_is_a_schema_for_each_variant_and_for_all() {
    let spec = spec();
    let move_to = spec.variant_schema(&spec.variants[1]).unwrap();
    let expected = json!({
        "type": "object",
        "description": "Moves things.",
        "properties": { "move_to": {
            "type": "object",
            "properties": {
                "count": {
                    "description": "How many.",
                    "type": "integer",
                    "format": "uint8",
                    "minimum": 0,
                    "maximum": 255,
                },
                "where": { "type": ["string", "null"], "default": null },
            },
            "required": ["count"],
            "additionalProperties": false,
        } },
        "required": ["move_to"],
        "additionalProperties": false,
    });
    assert_eq!(Value::Object(move_to), expected);
    let all = spec.schema().unwrap();
    assert_eq!(all["oneOf"].as_array().unwrap().len(), spec.variants.len() - 1);
    assert_eq!(all["oneOf"][7], json!({ "const": "fail" }));
    assert!(spec.variant_schema(spec.variants.last().unwrap()).is_none());
}

#[test]
fn replies_have_schemas() {
    let reply = |index: usize| spec().variants[index].reply_schema();
    assert_eq!(reply(3).unwrap()["type"], "integer");
    assert!(reply(0).is_none());
}

/// Held by references to them: definitions come along.
#[derive(serde::Deserialize, schemars::JsonSchema)]
struct Item {
    #[expect(dead_code, reason = "only decoded")]
    parts: Vec<Self>,
}

#[derive(ArsenalMessage)]
#[message(json)]
#[expect(dead_code, reason = "only described")]
enum Nested {
    Put(Item, RpcReplyPort<u8>),
}

#[test]
fn definitions_come_along() {
    let schema = message_spec(TypeId::of::<Nested>()).unwrap().schema().unwrap();
    assert_eq!(schema["oneOf"][0]["properties"]["put"], json!({ "$ref": "#/$defs/Item" }));
    assert!(schema["$defs"]["Item"].is_object());
}
