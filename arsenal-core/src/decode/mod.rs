//! Undecoded arguments → typed values, the same for every surface.
//!
//! Typed first: text and JSON go straight into the arguments, without a tree in between. Only
//! when that fails, everything is read once more to name all mistakes in one answer.
//! The types of an operation's arguments are a list of slots, see `list.rs`.

mod absent;
mod collect;
mod diagnose;
mod encoding;
mod hashed;
mod inspect;
mod items;
mod joined;
mod list;
mod lookup;
mod marker;
mod misread;
mod object;
mod parameters;
mod pointer;
mod query;
mod raw;
mod report;
mod request;
mod rules;
mod slots;
mod text;
mod unknown;
mod wording;

#[doc(hidden)]
pub use inspect::{ByItems, ByItself, ByNothing, Inspect, Inspection, Inspector, Probe};
#[doc(hidden)]
pub use items::Each;
pub use items::ItemsValue;
#[doc(hidden)]
pub use joined::{Flat, Joined, Rows, assert_names_differ, count, table};
#[doc(hidden)]
pub use list::{Slots, Typed};
#[doc(hidden)]
pub use marker::{
    Argument, Defaulted, ItemOf, ItemsOf, LengthOf, Named, PatternOf, RangeOf, default_value,
    example_value, is_optional, parameter_schema,
};
pub use misread::{Misread, read_value};
#[doc(hidden)]
pub use object::{Fields, FieldsOf};
pub use parameters::Parameters;
#[doc(hidden)]
pub use parameters::{FlatSlots, Flattened, deserialize, inspect, object_schema};
pub(crate) use query::{is_name, pairs};
#[doc(hidden)]
pub use raw::{Raw, RawBody, RawOf, is_optional_raw, raw_schema};
#[doc(hidden)]
pub use report::Report;
pub use report::Subject;
pub use rules::{LengthValue, Numeric, PatternValue, RangeValue};
#[doc(hidden)]
pub use slots::{
    Checked, Field, Held, InRange, Matching, OfLength, Place, Slot, Test, Text, Whole,
};
#[doc(hidden)]
pub use text::{TextError, Texts};
pub use unknown::UnknownNames;
pub(crate) use unknown::read_answer;

use crate::{arguments::Arguments, error::InvalidInput, spec::Parameter};

/// Decodes arguments into the slots `S`, or says everything that is wrong with them, in the order
/// of the parameters. Never panics, whatever the arguments hold.
pub fn decode<S: Typed>(
    parameters: &[Parameter],
    arguments: Arguments<'_>,
    unknown: UnknownNames,
) -> Result<S::Values, InvalidInput> {
    decode_for::<S>(Subject::Operation, parameters, arguments, unknown)
}

/// The same for arguments that need not be those of an operation: messages name the subject.
pub fn decode_for<S: Typed>(
    subject: Subject,
    parameters: &[Parameter],
    arguments: Arguments<'_>,
    unknown: UnknownNames,
) -> Result<S::Values, InvalidInput> {
    let mut slots = S::EMPTY;
    collect::collect(&mut slots, parameters, arguments, unknown, subject)?;
    Ok(slots.into_values())
}

#[cfg(test)]
mod tests;
