//! States as JSON.

use std::{any::TypeId, rc::Rc};

use arsenal_cluster::{
    message::{StateError, state_spec},
    prelude::*,
};
use schemars::JsonSchema;
use serde::Serialize;

/// What a shop holds. Only its own thread has it.
#[derive(ArsenalState, JsonSchema, Serialize)]
struct Shelf {
    /// How many there are.
    count: Rc<i64>,
}

#[test]
fn a_state_is_written_and_described() {
    let spec = state_spec(TypeId::of::<Shelf>()).unwrap();
    let json = (spec.to_json)(&Shelf { count: Rc::new(7) }).unwrap();
    assert_eq!(json.get(), r#"{"count":7}"#);
    assert_eq!((spec.type_name)(), "messages::state::Shelf");
    assert_eq!(spec.schema()["properties"]["count"]["description"], "How many there are.");
    assert_eq!((spec.to_json)(&7).unwrap_err(), StateError::OtherType);
    assert!(state_spec(TypeId::of::<i64>()).is_none());
}
