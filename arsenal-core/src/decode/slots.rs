//! One argument of an operation while it is collected.

use std::{any::type_name, fmt, marker::PhantomData};

use serde::de::{DeserializeOwned, Error as _, MapAccess};

use super::{
    absent,
    inspect::Inspector,
    marker::{LengthOf, Named, PatternOf, RangeOf},
    report::Report,
    rules::{LengthValue as _, PatternValue as _, RangeValue as _, in_range, of_length},
    text::{TextError, Texts},
};
use crate::spec::{Parameter, Rule};

/// Says that a name stands twice in a query or an object.
pub(super) const GIVEN_TWICE: &str = "is given more than once";

/// A place for one value.
pub trait Slot: Send + 'static {
    /// What it holds in the end.
    type Value: Send + 'static;
    /// Nothing read yet.
    const EMPTY: Self;
    /// Reads it from path, query or header.
    fn read_texts(&mut self, texts: Texts<'_>) -> Result<(), TextError>;
    /// Reads it from the whole body.
    fn read_body(&mut self, body: &[u8]) -> Result<(), serde_json::Error>;
    /// Reads it from a field whose name was just read.
    fn read_field<'de, M: MapAccess<'de>>(&mut self, map: &mut M) -> Result<(), M::Error>;
    /// What finds everything that is wrong with its value, if anything can.
    fn inspector(&self) -> Option<Inspector> {
        None
    }
    /// Fills what was not given, then checks the rules.
    fn settle(&mut self, index: usize, parameter: &Parameter, report: &mut Report);
    /// The value, if there is one yet.
    fn value(&self) -> Option<&Self::Value>;
    /// The value, after `settle` found no violation.
    fn into_value(self) -> Self::Value;
}

/// Where a slot reads from, apart from the field of an object: a type, so that no decoder is
/// compiled for places where the argument never stands.
pub trait Place: 'static {
    /// Reads text.
    #[inline]
    fn read_texts<T: DeserializeOwned>(_: &mut Option<T>, _: Texts<'_>) -> Result<(), TextError> {
        Ok(())
    }
    /// Reads the whole body.
    #[inline]
    fn read_body<T: DeserializeOwned>(
        _: &mut Option<T>,
        _: &[u8],
    ) -> Result<(), serde_json::Error> {
        Ok(())
    }
}

/// Path, query or header.
#[derive(Debug)]
pub enum Text {}

impl Place for Text {
    #[inline]
    fn read_texts<T: DeserializeOwned>(
        value: &mut Option<T>,
        texts: Texts<'_>,
    ) -> Result<(), TextError> {
        *value = Some(T::deserialize(texts)?);
        Ok(())
    }
}

/// A field of the body.
#[derive(Debug)]
pub enum Field {}

impl Place for Field {}

/// The whole body.
#[derive(Debug)]
pub enum Whole {}

impl Place for Whole {
    #[inline]
    fn read_body<T: DeserializeOwned>(
        value: &mut Option<T>,
        body: &[u8],
    ) -> Result<(), serde_json::Error> {
        *value = Some(serde_json::from_slice(body)?);
        Ok(())
    }
}

/// The slot of the argument `A`, which stands in the place `P`.
pub struct Held<A: Named, P> {
    value: Option<A::Value>,
    place: PhantomData<fn(P)>,
}

impl<A: Named, P> fmt::Debug for Held<A, P> {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        let is_full = self.value.is_some();
        formatter.debug_struct(type_name::<A>()).field("is_full", &is_full).finish()
    }
}

impl<A: Named, P: Place> Slot for Held<A, P> {
    type Value = A::Value;
    const EMPTY: Self = Self { value: None, place: PhantomData };
    #[inline]
    fn read_texts(&mut self, texts: Texts<'_>) -> Result<(), TextError> {
        P::read_texts(&mut self.value, texts)
    }
    #[inline]
    fn read_body(&mut self, body: &[u8]) -> Result<(), serde_json::Error> {
        P::read_body(&mut self.value, body)
    }
    #[inline]
    fn read_field<'de, M: MapAccess<'de>>(&mut self, map: &mut M) -> Result<(), M::Error> {
        if self.value.is_some() {
            return Err(M::Error::custom(GIVEN_TWICE));
        }
        self.value = Some(map.next_value()?);
        Ok(())
    }
    fn inspector(&self) -> Option<Inspector> {
        A::inspector()
    }
    #[inline]
    fn settle(&mut self, index: usize, parameter: &Parameter, report: &mut Report) {
        if self.value.is_none() && !report.has(index) {
            self.value = A::default().or_else(absent::value);
            if self.value.is_none() {
                report.parameter(index, parameter, "", "is missing");
            }
        }
    }
    #[inline]
    fn value(&self) -> Option<&A::Value> {
        self.value.as_ref()
    }
    #[inline]
    fn into_value(self) -> A::Value {
        self.value.expect("a slot that was settled without a violation has a value")
    }
}

/// One kind of rule, for the values that it can be asked of.
pub trait Test: 'static {
    /// What is tested.
    type Value: Send + 'static;
    /// Whether the value obeys the rule. Rules of other kinds are obeyed.
    fn obeys(value: &Self::Value, rule: &Rule) -> bool;
}

/// `range(…)`.
#[derive(Debug)]
pub struct InRange<A>(PhantomData<fn(A)>);

impl<A: RangeOf + 'static> Test for InRange<A> {
    type Value = A::Value;
    #[inline]
    fn obeys(value: &A::Value, rule: &Rule) -> bool {
        let Rule::Range { min, max } = rule else { return true };
        value.numeric().is_none_or(|numeric| in_range(numeric, *min, *max))
    }
}

/// `length(…)`.
#[derive(Debug)]
pub struct OfLength<A>(PhantomData<fn(A)>);

impl<A: LengthOf + 'static> Test for OfLength<A> {
    type Value = A::Value;
    #[inline]
    fn obeys(value: &A::Value, rule: &Rule) -> bool {
        let Rule::Length { min, max } = rule else { return true };
        value.length().is_none_or(|length| of_length(length, *min, *max))
    }
}

/// `pattern = "…"`.
#[derive(Debug)]
pub struct Matching<A>(PhantomData<fn(A)>);

impl<A: PatternOf + 'static> Test for Matching<A> {
    type Value = A::Value;
    #[inline]
    fn obeys(value: &A::Value, rule: &Rule) -> bool {
        let Rule::Pattern(pattern) = rule else { return true };
        value.text().is_none_or(|text| pattern.matches(text))
    }
}

/// A slot whose value is tested.
#[derive(Debug)]
pub struct Checked<T, S> {
    slot: S,
    test: PhantomData<fn(T)>,
}

impl<T: Test, S: Slot<Value = T::Value>> Slot for Checked<T, S> {
    type Value = S::Value;
    const EMPTY: Self = Self { slot: S::EMPTY, test: PhantomData };
    #[inline]
    fn read_texts(&mut self, texts: Texts<'_>) -> Result<(), TextError> {
        self.slot.read_texts(texts)
    }
    #[inline]
    fn read_body(&mut self, body: &[u8]) -> Result<(), serde_json::Error> {
        self.slot.read_body(body)
    }
    #[inline]
    fn read_field<'de, M: MapAccess<'de>>(&mut self, map: &mut M) -> Result<(), M::Error> {
        self.slot.read_field(map)
    }
    fn inspector(&self) -> Option<Inspector> {
        self.slot.inspector()
    }
    #[inline]
    fn settle(&mut self, index: usize, parameter: &Parameter, report: &mut Report) {
        self.slot.settle(index, parameter, report);
        let Some(value) = self.slot.value() else { return };
        for rule in parameter.rules.iter().filter(|rule| !T::obeys(value, rule)) {
            report.broken_rule(index, parameter, rule);
        }
    }
    #[inline]
    fn value(&self) -> Option<&S::Value> {
        self.slot.value()
    }
    #[inline]
    fn into_value(self) -> S::Value {
        self.slot.into_value()
    }
}
