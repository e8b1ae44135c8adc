//! What is wrong inside of one value: all of it, each with a pointer.
//!
//! serde stops at its first mistake. Types that can say more implement [`Inspect`]: derived structs,
//! and lists, options, boxes and maps of them. Nothing here runs for a request without mistakes.

use std::{collections::BTreeMap, marker::PhantomData};

use serde::de::DeserializeOwned;
use serde_json::value::RawValue;

use super::{
    diagnose::{self, RawFields},
    pointer,
    report::{Report, Subject},
};
use crate::limits::VIOLATIONS_LISTED_MAX;

/// How much JSON is read again to find all mistakes, counting each level of nesting anew: some
/// times the largest body. Beyond it, serde's first mistake has to do.
const BYTES_MAX: usize = 8 << 20;

/// How deep nested values are looked into, so that the stack suffices: half as deep as `serde_json`
/// reads at all.
const DEPTH_MAX: usize = 64;

/// What may still be spent on one invocation.
#[derive(Clone, Copy, Debug)]
pub(super) struct Budget {
    bytes: usize,
    depth: usize,
}

impl Default for Budget {
    fn default() -> Self {
        Self { bytes: BYTES_MAX, depth: DEPTH_MAX }
    }
}

/// A type that can name all mistakes of a value.
pub trait Inspect {
    /// Finds them. Finding none is no proof that there is none.
    fn inspect(json: &RawValue, inspection: &mut Inspection);
}

/// Finds what is wrong inside of a value.
pub type Inspector = fn(&RawValue, &mut Inspection);

/// One look into a value.
#[derive(Debug)]
pub struct Inspection {
    budget: Budget,
    /// The way from the argument to what is being looked at.
    pointer: String,
    found: Vec<Finding>,
    /// More than are kept.
    total: usize,
}

/// One mistake.
#[derive(Debug)]
pub(super) struct Finding {
    /// From the argument to the culprit.
    pub(super) pointer: String,
    pub(super) message: String,
}

impl Inspection {
    fn new(budget: Budget) -> Self {
        Self { budget, pointer: String::new(), found: Vec::new(), total: 0 }
    }

    /// The mistakes, how many there are in all, and what is left to spend.
    pub(super) fn into_parts(self) -> (Vec<Finding>, usize, Budget) {
        (self.found, self.total, self.budget)
    }

    /// An empty report for a struct at this place.
    pub(super) fn report(&self, subject: Subject) -> Report {
        Report::within(subject, self.budget)
    }

    /// Adds what was found in the struct at this place.
    pub(super) fn take(&mut self, report: Report) {
        self.budget = report.budget();
        self.total += report.total();
        for violation in report.into_violations() {
            self.keep(&violation.pointer, violation.message);
        }
    }

    fn found(&mut self, inside: &str, message: String) {
        self.total += 1;
        self.keep(inside, message);
    }

    fn keep(&mut self, inside: &str, message: String) {
        if self.found.len() < VIOLATIONS_LISTED_MAX {
            let pointer = format!("{}{inside}", self.pointer);
            self.found.push(Finding { pointer, message });
        }
    }

    /// Looks into a part, if it can be paid for.
    fn part(&mut self, step: &str, json: &RawValue, look: impl FnOnce(&RawValue, &mut Self)) {
        let end = self.pointer.len();
        self.pointer.push('/');
        self.pointer.push_str(&pointer::escape(step));
        self.look(json, look);
        self.pointer.truncate(end);
    }

    fn look(&mut self, json: &RawValue, look: impl FnOnce(&RawValue, &mut Self)) {
        let bytes = self.budget.bytes.checked_sub(json.get().len());
        if let (Some(bytes), Some(depth)) = (bytes, self.budget.depth.checked_sub(1)) {
            self.budget = Budget { bytes, depth };
            look(json, self);
            self.budget.depth = depth + 1;
        }
    }
}

/// Looks into a value, if it can be paid for.
pub(super) fn look(budget: Budget, json: &RawValue, inspector: Inspector) -> Inspection {
    let mut inspection = Inspection::new(budget);
    inspection.look(json, inspector);
    inspection
}

impl<T: Inspect> Inspect for Vec<T> {
    fn inspect(json: &RawValue, inspection: &mut Inspection) {
        each_item(json, inspection, T::inspect);
    }
}

impl<T: Inspect> Inspect for Box<T> {
    fn inspect(json: &RawValue, inspection: &mut Inspection) {
        T::inspect(json, inspection);
    }
}

impl<T: Inspect> Inspect for Option<T> {
    fn inspect(json: &RawValue, inspection: &mut Inspection) {
        if json.get() != "null" {
            T::inspect(json, inspection);
        }
    }
}

impl<K, T: Inspect> Inspect for BTreeMap<K, T> {
    fn inspect(json: &RawValue, inspection: &mut Inspection) {
        each_entry(json, inspection, T::inspect);
    }
}

#[expect(clippy::disallowed_types, reason = "a user's type; its order is not looked at")]
impl<K, T: Inspect, S> Inspect for std::collections::HashMap<K, T, S> {
    fn inspect(json: &RawValue, inspection: &mut Inspection) {
        each_entry(json, inspection, T::inspect);
    }
}

fn each_item(
    json: &RawValue,
    inspection: &mut Inspection,
    look: impl Fn(&RawValue, &mut Inspection),
) {
    let Ok(items) = serde_json::from_str::<Vec<&RawValue>>(json.get()) else {
        // What is no list says so when it is decoded as a whole.
        return;
    };
    for (index, item) in items.into_iter().enumerate() {
        inspection.part(&index.to_string(), item, &look);
    }
}

fn each_entry(
    json: &RawValue,
    inspection: &mut Inspection,
    look: impl Fn(&RawValue, &mut Inspection),
) {
    let Ok(RawFields(entries)) = serde_json::from_str(json.get()) else { return };
    for (name, value) in entries {
        inspection.part(&name, value, &look);
    }
}

/// Decodes the items of a list one by one.
fn items<T: DeserializeOwned>(json: &RawValue, inspection: &mut Inspection) {
    each_item(json, inspection, |item, inspection| {
        let bytes = item.get().as_bytes();
        if let Err(error) = serde_json::from_slice::<T>(bytes) {
            let inside = pointer::at(bytes, error.line(), error.column());
            inspection.found(&inside, diagnose::message(&error));
        }
    });
}

/// Asks a concrete type whether it has an inspector, in the expansion: the method of the first of
/// the traits below whose bounds hold is found, as each of them is one reference further away.
#[derive(Debug)]
pub struct Probe<T>(PhantomData<fn() -> T>);

impl<T> Probe<T> {
    /// For this type.
    #[expect(clippy::new_without_default, reason = "only the expansion makes one")]
    pub const fn new() -> Self {
        Self(PhantomData)
    }
}

/// First: the type says all by itself.
pub trait ByItself {
    /// How.
    fn inspector(&self) -> Option<Inspector>;
}

impl<T: Inspect> ByItself for &&Probe<T> {
    fn inspector(&self) -> Option<Inspector> {
        Some(T::inspect)
    }
}

/// Second: it is a list, whose items are decoded one by one.
pub trait ByItems {
    /// How.
    fn inspector(&self) -> Option<Inspector>;
}

impl<T: DeserializeOwned> ByItems for &Probe<Vec<T>> {
    fn inspector(&self) -> Option<Inspector> {
        Some(items::<T>)
    }
}

impl<T: DeserializeOwned> ByItems for &Probe<Option<Vec<T>>> {
    fn inspector(&self) -> Option<Inspector> {
        Some(items::<T>)
    }
}

/// Last: serde's first mistake is all that can be said.
pub trait ByNothing {
    /// None.
    fn inspector(&self) -> Option<Inspector>;
}

impl<T> ByNothing for Probe<T> {
    fn inspector(&self) -> Option<Inspector> {
        None
    }
}
