//! The token that HTTP clients show.

use std::{fmt, path::Path};

use subtle::ConstantTimeEq as _;

use super::random;
use crate::data_dir::{PrivateFileError, read_or_create_private, read_private};

/// What secret scanners look for.
const TOKEN_PREFIX: &str = "ars_";

/// Fewer characters can be guessed.
const TOKEN_BYTES_MIN: usize = 32;

/// The token of an administrator. Never logged.
#[derive(Clone)]
pub(crate) struct Token(String);

impl Token {
    /// The token in a file that somebody made.
    pub(crate) fn read(path: &Path) -> Result<Self, PrivateFileError> {
        Self::checked(read_private(path)?, path)
    }

    /// The token in a file; a missing one is made.
    pub(crate) fn read_or_create(path: &Path) -> Result<Self, PrivateFileError> {
        let create = || random::hex(path).map(|random| format!("{TOKEN_PREFIX}{random}"));
        Self::checked(read_or_create_private(path, create)?, path)
    }

    /// Whether a client showed this token. Takes equally long wherever the first difference is.
    pub(crate) fn matches(&self, shown: &[u8]) -> bool {
        self.0.as_bytes().ct_eq(shown).into()
    }

    /// The token itself, for requests of our own.
    pub(crate) fn expose(&self) -> &str {
        &self.0
    }

    fn checked(text: String, path: &Path) -> Result<Self, PrivateFileError> {
        let is_visible = text.bytes().all(|byte| byte.is_ascii_graphic());
        if text.len() < TOKEN_BYTES_MIN || !is_visible {
            return Err(PrivateFileError::new(
                path,
                "is not a token: at least 32 visible ASCII characters without spaces are needed",
            ));
        }
        Ok(Self(text))
    }
}

impl fmt::Debug for Token {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.write_str("Token(…)")
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_token_is_made_once_and_recognised() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("token");
        let made = Token::read_or_create(&path).unwrap();
        let text = std::fs::read_to_string(&path).unwrap();
        let again = Token::read(&path).unwrap();
        assert!(text.starts_with("ars_") && text.trim().len() == 68, "a prefix and 256 bits");
        assert!(again.matches(text.trim().as_bytes()) && made.matches(text.trim().as_bytes()));
        assert!(!again.matches(b"ars_") && !again.matches(b""));
        assert_eq!(format!("{again:?}"), "Token(…)");
    }

    #[test]
    fn a_weak_token_is_refused() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("token");
        let spaced = "a b ".repeat(20);
        for weak in ["", "short", &spaced] {
            std::fs::write(&path, weak).unwrap();
            assert!(Token::read(&path).unwrap_err().to_string().contains("is not a token"));
        }
    }
}
