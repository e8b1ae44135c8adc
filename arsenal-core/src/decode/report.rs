//! What is wrong with the arguments of one invocation, while it is found.

use super::{pointer, rules};
use crate::{
    error::{InvalidInput, Violation, ViolationPlace},
    limits::VIOLATIONS_LISTED_MAX,
    spec::{Location, Parameter, Rule},
};

/// The longest text of a violation: a type error of serde quotes the value, however long it is.
const MESSAGE_BYTES_MAX: usize = 400;

/// The longest name of an unknown field that is repeated to the sender.
const NAME_BYTES_MAX: usize = 100;

/// Violations by parameter. Everything about unknown names comes last.
#[derive(Debug, Default)]
pub struct Report {
    of_parameters: Vec<(usize, Violation)>,
    /// Parameters about which nothing more is to be said.
    suppressed: Vec<usize>,
    of_unknown: Vec<Violation>,
    /// Unknown names in all; more than are listed.
    unknown: usize,
}

impl Report {
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

    /// The body as a whole is wrong.
    pub(super) fn body(&mut self, message: String) {
        self.unknown += 1;
        self.of_unknown.push(Violation {
            place: ViolationPlace::Body,
            name: String::new(),
            pointer: String::new(),
            message: shortened(message, MESSAGE_BYTES_MAX),
        });
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
            Some(nearest) => format!("{what} of this operation; did you mean `{nearest}`?"),
            None => format!("{what} of this operation"),
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

    /// Everything, in the order of the parameters.
    pub(super) fn into_result(mut self) -> Result<(), InvalidInput> {
        let total = self.of_parameters.len() + self.unknown;
        if total == 0 {
            return Ok(());
        }
        self.of_parameters.sort_by_key(|(index, _)| *index);
        let of_parameters = self.of_parameters.into_iter().map(|(_, violation)| violation);
        Err(InvalidInput::counted(of_parameters.chain(self.of_unknown).collect(), total))
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
        text.truncate(text.floor_char_boundary(bytes_max));
        text.push('…');
    }
    text
}
