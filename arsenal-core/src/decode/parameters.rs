//! Structs whose fields are parameters: what `#[derive(Parameters)]` implements, and how such a
//! value is decoded inside of another one.

use std::{fmt, marker::PhantomData};

use schemars::{Schema, SchemaGenerator};
use serde::de::{Deserializer, Error as _, MapAccess, Visitor};
use serde_json::value::RawValue;

use super::{
    diagnose,
    inspect::Inspection,
    list::{Slots as _, Typed},
    object::{self, Fields, FieldsOf},
    report::{Report, Subject},
    slots::{Field, Place},
    unknown,
};
use crate::{openapi, spec::Parameter};

/// A struct whose fields are parameters, with the same rules as arguments. Derived, never
/// implemented by hand.
#[diagnostic::on_unimplemented(
    message = "the fields of `{Self}` are not parameters",
    label = "does not derive `Parameters`",
    note = "only a struct with `#[derive(Parameters)]` can be flattened"
)]
pub trait Parameters: Sized + Send + 'static {
    /// Its fields while they are collected.
    type Slots<P: Place>: Typed<Values = Self>;
    /// Its name, as messages spell it.
    const NAME: &'static str;
    /// What is said about its fields, in their order.
    const PARAMETERS: &'static [Parameter];
}

/// An argument with `flatten`.
pub trait Flattened {
    /// Its type.
    type Value: Parameters;
}

/// The slots of a flattened argument.
pub type FlatSlots<A, P> = <<A as Flattened>::Value as Parameters>::Slots<P>;

/// The schema of a struct.
pub fn object_schema<T: Parameters>(
    generator: &mut SchemaGenerator,
    description: &'static str,
) -> Schema {
    let mut schema = openapi::object(T::PARAMETERS.iter(), generator);
    if !description.is_empty() {
        schema.insert(String::from("description"), description.into());
    }
    schema
}

/// Decodes a struct wherever serde meets it, and checks its rules. Stops at the first mistake.
///
/// # Errors
/// What the format says, or the first rule that is broken.
pub fn deserialize<'de, T: Parameters, D: Deserializer<'de>>(
    deserializer: D,
) -> Result<T, D::Error> {
    deserializer.deserialize_map(Nested::<T>(PhantomData))
}

struct Nested<T>(PhantomData<fn() -> T>);

impl<'de, T: Parameters> Visitor<'de> for Nested<T> {
    type Value = T;

    fn expecting(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.write_str("an object")
    }

    fn visit_map<M: MapAccess<'de>>(self, map: M) -> Result<T, M::Error> {
        let mut slots = T::Slots::<Field>::EMPTY;
        object::read_map(&mut slots, fields_of::<T>(), map)?;
        let mut report = Report::about(Subject::Struct(T::NAME));
        slots.settle(0, T::PARAMETERS, &mut report);
        match report.first() {
            None => Ok(slots.into_values()),
            Some(first) => Err(M::Error::custom(first)),
        }
    }
}

/// Finds everything that is wrong inside of a value that could not be decoded.
pub fn inspect<T: Parameters>(json: &RawValue, inspection: &mut Inspection) {
    let mut slots = T::Slots::<Field>::EMPTY;
    let mut report = inspection.report(Subject::Struct(T::NAME));
    if diagnose::fields(&mut slots, fields_of::<T>(), json.get().as_bytes(), &mut report).is_ok() {
        slots.settle(0, T::PARAMETERS, &mut report);
    }
    inspection.take(report);
}

fn fields_of<T: Parameters>() -> Fields<'static> {
    Fields { parameters: T::PARAMETERS, of: FieldsOf::Everything, unknown: unknown::current() }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::{
        Parameters,
        decode::{UnknownNames, unknown::Scope},
    };

    #[derive(Debug, PartialEq, serde::Serialize, Parameters)]
    struct Leaf {
        #[param(range(min = 1))]
        size: u8,
        #[param(default = Vec::new())]
        children: Vec<Self>,
    }

    fn read(json: &str) -> Result<Leaf, String> {
        serde_json::from_str(json).map_err(|error| error.to_string())
    }

    #[test]
    fn unknown_fields_are_refused_unless_another_node_checked() {
        let json = r#"{"size":1,"new":[{}],"children":[{"size":2,"newer":1}]}"#;
        assert!(read(json).unwrap_err().contains("unknown field"));
        let scope = Scope::of(UnknownNames::Ignored);
        assert_eq!(read(json).unwrap().children[0].size, 2);
        assert!(read(r#"{"size":0}"#).unwrap_err().contains("`size` must be at least 1"));
        drop(scope);
        let answer: Leaf = crate::decode::read_answer(json.as_bytes()).unwrap();
        assert_eq!(answer.children[0].size, 2, "an answer may say more, too");
        assert!(read(json).is_err());
    }

    #[test]
    fn fields_have_the_order_of_the_struct() {
        let names: Vec<&str> = Leaf::PARAMETERS.iter().map(|field| field.name).collect();
        assert_eq!((names, Leaf::NAME), (vec!["size", "children"], "Leaf"));
        assert_eq!(<Leaf as Parameters>::Slots::<Field>::COUNT, 2);
    }

    #[test]
    fn it_is_no_value_that_may_be_left_out() {
        assert!(serde_json::from_str::<Leaf>("null").is_err());
        assert!(serde_json::from_str::<Option<Leaf>>("null").unwrap().is_none());
    }
}
