//! What `#[operation]` says about one argument, as traits of a marker type.
//!
//! Each bound on a user's type is asked for in exactly one place, the `type Value = …` that the
//! expansion spells with the user's tokens, so that rustc says once, and there, what is missing.

use schemars::{JsonSchema, Schema, SchemaGenerator};
use serde::{Serialize, de::DeserializeOwned};
use serde_json::Value;

use super::{
    absent,
    inspect::Inspector,
    items::ItemsValue,
    rules::{LengthValue, PatternValue, RangeValue},
};

/// A type that an operation can take.
#[diagnostic::on_unimplemented(
    message = "`{Self}` cannot be an argument of an operation",
    label = "not an argument",
    note = "an argument derives `serde::Deserialize` and `schemars::JsonSchema`, and owns its data"
)]
pub trait Argument: DeserializeOwned + JsonSchema + Send + 'static {}

#[diagnostic::do_not_recommend]
impl<T: DeserializeOwned + JsonSchema + Send + 'static> Argument for T {}

/// An argument.
pub trait Named: 'static {
    /// Its type.
    type Value: Argument;
    /// Its value where it is not given.
    fn default() -> Option<Self::Value> {
        None
    }
    /// What finds everything that is wrong with a value, if anything can.
    fn inspector() -> Option<Inspector> {
        None
    }
}

/// An argument with `default`, which is shown in the documentation.
pub trait Defaulted {
    /// Its type.
    type Value: Serialize;
}

/// An argument with `range`.
pub trait RangeOf {
    /// Its type.
    type Value: RangeValue + Send + 'static;
}

/// An argument with `length`.
pub trait LengthOf {
    /// Its type.
    type Value: LengthValue + Send + 'static;
}

/// An argument with `pattern`.
pub trait PatternOf {
    /// Its type.
    type Value: PatternValue + Send + 'static;
}

/// An argument with `items(…)`.
pub trait ItemsOf {
    /// Its type.
    type Value: ItemsValue + Send + 'static;
}

/// The type of the items of an argument.
pub type ItemOf<A> = <<A as ItemsOf>::Value as ItemsValue>::Item;

/// The schema of an argument.
pub fn parameter_schema<A: Named>(generator: &mut SchemaGenerator) -> Schema {
    generator.subschema_for::<A::Value>()
}

/// Whether the type of an argument has a value for "not given".
pub fn is_optional<A: Named>() -> bool {
    absent::value::<A::Value>().is_some()
}

/// The default of an argument, for the documentation.
pub fn default_value<A>() -> Value
where
    A: Defaulted + Named<Value = <A as Defaulted>::Value>,
{
    A::default().map_or(Value::Null, |value| example_value(&value))
}

/// A value, for the documentation.
pub fn example_value(value: &impl Serialize) -> Value {
    serde_json::to_value(value).unwrap_or(Value::Null)
}
