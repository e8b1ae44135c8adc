//! Everything that is wrong with a configuration, in one answer.

use std::fmt;

/// Values that cannot be used. Each line says where the value came from and what was expected.
#[derive(Debug, PartialEq, Eq)]
pub(crate) struct ConfigError(Vec<String>);

impl ConfigError {
    /// One mistake.
    pub(crate) fn new(mistake: impl Into<String>) -> Self {
        Self(vec![mistake.into()])
    }

    /// All mistakes, or `Ok` where there are none.
    pub(super) fn unless_empty(mistakes: Vec<String>) -> Result<(), Self> {
        if mistakes.is_empty() { Ok(()) } else { Err(Self(mistakes)) }
    }
}

impl fmt::Display for ConfigError {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.write_str(&self.0.join("\n"))
    }
}

impl std::error::Error for ConfigError {}
