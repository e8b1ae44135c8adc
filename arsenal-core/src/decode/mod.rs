//! Undecoded arguments → typed values, the same for every surface.
//!
//! Typed first: text and JSON go straight into the arguments, without a tree in between. Only
//! when that fails, everything is read once more to name all mistakes in one answer.
//! The types of an operation's arguments are a list of slots, see `list.rs`.

mod absent;
mod collect;
mod diagnose;
mod encoding;
mod list;
mod lookup;
mod marker;
mod object;
mod pointer;
mod query;
mod report;
mod request;
mod rules;
mod slots;
mod text;

#[doc(hidden)]
pub use list::{Slots, Typed};
#[doc(hidden)]
pub use marker::{
    Argument, Defaulted, LengthOf, Named, PatternOf, RangeOf, default_value, example_value,
    is_optional, parameter_schema,
};
#[doc(hidden)]
pub use object::{Fields, FieldsOf};
pub(crate) use query::{is_name, pairs};
#[doc(hidden)]
pub use report::Report;
pub use rules::{LengthValue, Numeric, PatternValue, RangeValue};
#[doc(hidden)]
pub use slots::{
    Checked, Field, Held, InRange, Matching, OfLength, Place, Slot, Test, Text, Whole,
};
#[doc(hidden)]
pub use text::{TextError, Texts};

use crate::{arguments::Arguments, error::InvalidInput, spec::Parameter};

/// What becomes of query names and body fields that the operation does not have.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum UnknownNames {
    /// Each is a violation: what the node does that a request reaches first.
    Refused,
    /// They are skipped: what a node does with arguments that another one checked already, which
    /// may be of a newer release.
    Ignored,
}

/// Decodes arguments into the slots `S`, or says everything that is wrong with them, in the order
/// of the parameters. Never panics, whatever the arguments hold.
pub fn decode<S: Typed>(
    parameters: &[Parameter],
    arguments: Arguments<'_>,
    unknown: UnknownNames,
) -> Result<S::Values, InvalidInput> {
    let mut slots = S::EMPTY;
    collect::collect(&mut slots, parameters, arguments, unknown)?;
    Ok(slots.into_values())
}

#[cfg(test)]
mod tests;
