//! What is wrong with the arguments of one invocation, while it is found.

use std::fmt;

use serde_json::value::RawValue;

use super::{
    inspect::{self, Budget, Inspector},
    pointer, rules,
};
use crate::{
    error::{InvalidInput, Violation, ViolationPlace},
    limits::VIOLATIONS_LISTED_MAX,
    spec::{Location, Parameter, Rule},
};

/// The longest text of a violation: a type error of serde quotes the value, however long it is.
const MESSAGE_BYTES_MAX: usize = 400;

/// The longest name of an unknown field that is repeated to the sender.
const NAME_BYTES_MAX: usize = 100;

/// Whose arguments they are.
#[derive(Clone, Copy, Debug, Default)]
pub enum Subject {
    /// Those of an operation.
    #[default]
    Operation,
    /// Those of a blueprint.
    Blueprint,
    /// The fields of a struct with this name.
    Struct(&'static str),
}

impl fmt::Display for Subject {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Operation => formatter.write_str("this operation"),
            Self::Blueprint => formatter.write_str("this blueprint"),
            Self::Struct(name) => write!(formatter, "`{name}`"),
        }
    }
}

/// Violations by parameter. Everything about unknown names comes last.
#[derive(Debug, Default)]
pub struct Report {
    subject: Subject,
    of_parameters: Vec<(usize, Violation)>,
    /// Violations of parameters beyond those that are listed.
    unlisted: usize,
    /// Parameters about which nothing more is to be said.
    suppressed: Vec<usize>,
    of_unknown: Vec<Violation>,
    /// Unknown names in all; more than are listed.
    unknown: usize,
    /// What may still be spent on looking into values.
    budget: Budget,
}

impl Report {
    pub(super) fn about(subject: Subject) -> Self {
        Self { subject, ..Self::default() }
    }

    pub(super) fn within(subject: Subject, budget: Budget) -> Self {
        Self { subject, budget, ..Self::default() }
    }

    /// A parameter is wrong. `inside` is the pointer from its value to the culprit.
    pub(super) fn parameter(
        &mut self,
        index: usize,
        parameter: &Parameter,
        inside: &str,
        message: impl Into<String>,
    ) {
        let violation = Violation {
            place: parameter.location.place(),
            name: parameter.name.to_owned(),
            pointer: pointer_in_body(parameter, inside),
            message: shortened(message.into(), MESSAGE_BYTES_MAX),
        };
        self.of_parameters.push((index, violation));
    }

    /// A parameter breaks a rule.
    #[cold]
    pub(super) fn broken_rule(&mut self, index: usize, parameter: &Parameter, rule: &Rule) {
        self.parameter(index, parameter, "", rules::message(rule));
    }

    /// Items of a parameter break rules, each by its place in the list.
    #[cold]
    pub(super) fn broken_items(
        &mut self,
        index: usize,
        parameter: &Parameter,
        broken: impl Iterator<Item = (usize, Rule)>,
    ) {
        for (listed, (item, rule)) in broken.enumerate() {
            let message = rules::message(&rule);
            if listed >= VIOLATIONS_LISTED_MAX {
                self.unlisted += 1;
            } else if parameter.location.is_in_body() {
                self.parameter(index, parameter, &format!("/{item}"), message);
            } else {
                // As the decoder of texts says it: there is no pointer outside of a body.
                self.parameter(index, parameter, "", format!("item {}: {message}", item + 1));
            }
        }
    }

    /// As [`Report::broken_items`], of a set: nobody knows any more where its items stood.
    #[cold]
    pub(super) fn broken_somewhere(
        &mut self,
        index: usize,
        parameter: &Parameter,
        broken: impl Iterator<Item = Rule>,
    ) {
        for rule in broken {
            let message = format!("an item {}", rules::message(&rule));
            self.parameter(index, parameter, "", message);
        }
    }

    /// Looks into a value that could not be decoded. False if nothing can be said that way.
    #[cold]
    pub(super) fn inspect(
        &mut self,
        index: usize,
        parameter: &Parameter,
        json: &RawValue,
        inspector: Inspector,
    ) -> bool {
        let (found, total, budget) = inspect::look(self.budget, json, inspector).into_parts();
        self.budget = budget;
        self.unlisted += total.saturating_sub(found.len());
        let is_said = !found.is_empty();
        for finding in found {
            self.parameter(index, parameter, &finding.pointer, finding.message);
        }
        is_said
    }

    /// The body as a whole is wrong.
    pub(super) fn body(&mut self, message: String) {
        self.unknown += 1;
        let message = shortened(message, MESSAGE_BYTES_MAX);
        self.of_unknown.push(Violation::of(ViolationPlace::Body, "", message));
    }

    /// A name that the operation does not have, and one that was probably meant.
    pub(super) fn unknown(
        &mut self,
        place: ViolationPlace,
        name: &str,
        nearest: Option<&'static str>,
    ) {
        self.unknown += 1;
        if self.of_unknown.len() >= VIOLATIONS_LISTED_MAX {
            return;
        }
        let name = shortened(name.to_owned(), NAME_BYTES_MAX);
        let is_body = place == ViolationPlace::Body;
        let what = if is_body { "is not a field" } else { "is not a parameter" };
        let message = match nearest {
            Some(nearest) => format!("{what} of {}; did you mean `{nearest}`?", self.subject),
            None => format!("{what} of {}", self.subject),
        };
        let pointer = if is_body { format!("/{}", pointer::escape(&name)) } else { String::new() };
        self.of_unknown.push(Violation { place, name, pointer, message });
    }

    /// How many unknown names there are so far.
    pub(super) fn unknown_count(&self) -> usize {
        self.unknown
    }

    /// Says nothing more about a parameter.
    pub(super) fn suppress(&mut self, index: usize) {
        self.suppressed.push(index);
    }

    /// Whether something was said about this parameter.
    #[inline]
    pub(super) fn has(&self, index: usize) -> bool {
        self.suppressed.contains(&index)
            || self.of_parameters.iter().any(|(wrong, _)| *wrong == index)
    }

    /// How many violations there are; more than are listed.
    pub(super) fn total(&self) -> usize {
        self.of_parameters.len() + self.unlisted + self.unknown
    }

    /// What is left to spend.
    pub(super) fn budget(&self) -> Budget {
        self.budget
    }

    /// The first violation of a parameter, as a sentence.
    #[inline]
    pub(super) fn first(&self) -> Option<String> {
        let (_, first) = self.of_parameters.first()?;
        Some(format!("`{}` {}", first.name, first.message))
    }

    /// Everything that is listed, in the order of the parameters.
    pub(super) fn into_violations(mut self) -> impl Iterator<Item = Violation> {
        self.of_parameters.sort_by_key(|(index, _)| *index);
        self.of_parameters.into_iter().map(|(_, violation)| violation).chain(self.of_unknown)
    }

    /// Everything, in the order of the parameters.
    pub(super) fn into_result(self) -> Result<(), InvalidInput> {
        match self.total() {
            0 => Ok(()),
            total => Err(InvalidInput::counted(self.into_violations().collect(), total)),
        }
    }
}

fn pointer_in_body(parameter: &Parameter, inside: &str) -> String {
    let mut pointer = String::new();
    if parameter.location == Location::Body {
        pointer.push('/');
        pointer.push_str(&pointer::escape(parameter.name));
    }
    if parameter.location.is_in_body() {
        pointer.push_str(inside);
    }
    pointer
}

fn shortened(mut text: String, bytes_max: usize) -> String {
    if text.len() > bytes_max {
        let end = (0..=bytes_max).rev().find(|end| text.is_char_boundary(*end));
        text.truncate(end.unwrap_or_default());
        text.push('…');
    }
    text
}
