//! Why a catalogue cannot be served: everything at once, at the places where it was written.

use std::fmt;

use crate::spec::OperationSpec;

/// What is wrong with a catalogue. A program with such a catalogue does not start.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct RegistryError {
    problems: Vec<String>,
}

impl RegistryError {
    /// One sentence per problem, each with file and line of every operation that it names.
    pub fn problems(&self) -> &[String] {
        &self.problems
    }

    pub(super) fn unless_empty(problems: Vec<String>) -> Result<(), Self> {
        if problems.is_empty() { Ok(()) } else { Err(Self { problems }) }
    }
}

impl fmt::Display for RegistryError {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self.problems.as_slice() {
            [only] => write!(formatter, "the operations cannot be served: {only}"),
            all => {
                write!(formatter, "the operations cannot be served, {} problems:", all.len())?;
                all.iter().try_for_each(|problem| write!(formatter, "\n  {problem}"))
            }
        }
    }
}

impl std::error::Error for RegistryError {}

/// An operation and where it was written, as every problem names it.
pub(super) fn whence(spec: &OperationSpec) -> String {
    format!("`{}` at {}:{}", spec.name, spec.source.file, spec.source.line)
}
