//! A regular expression that stands in an operation's constant and is compiled when first used.

use std::sync::OnceLock;

use regex::Regex;

/// A regular expression; matches anywhere in a text unless it says `^` and `$`.
#[derive(Debug)]
pub struct Pattern {
    text: &'static str,
    compiled: OnceLock<Result<Regex, regex::Error>>,
}

impl Pattern {
    /// Not yet compiled.
    pub const fn new(text: &'static str) -> Self {
        Self { text, compiled: OnceLock::new() }
    }

    /// As it was written.
    pub fn as_str(&self) -> &'static str {
        self.text
    }

    /// Why it is no regular expression. The registry asks at start, so requests never meet one.
    pub fn error(&self) -> Option<&regex::Error> {
        self.compiled().as_ref().err()
    }

    /// Whether the text matches.
    pub fn matches(&self, text: &str) -> bool {
        self.compiled().as_ref().is_ok_and(|regex| regex.is_match(text))
    }

    fn compiled(&self) -> &Result<Regex, regex::Error> {
        self.compiled.get_or_init(|| Regex::new(self.text))
    }
}
