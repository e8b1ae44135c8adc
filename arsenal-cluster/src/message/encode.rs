//! Values of actors as JSON, up to a bound: nobody knows how large a state is before it is written.

use std::{
    fmt,
    io::{self, Write},
};

use serde::Serialize;
use serde_json::value::RawValue;

/// The longest JSON of a state or a reply: with what stands around it, it passes between nodes in one
/// frame.
pub const ENCODED_BYTES_MAX: usize = 1 << 20;

/// Why there is no JSON of a value.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum EncodeError {
    /// It would be longer than [`ENCODED_BYTES_MAX`].
    TooLarge,
    /// Its `Serialize` refused.
    Failed(String),
}

impl fmt::Display for EncodeError {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::TooLarge => write!(formatter, "is longer than {ENCODED_BYTES_MAX} bytes as JSON"),
            Self::Failed(reason) => write!(formatter, "cannot be written as JSON: {reason}"),
        }
    }
}

impl std::error::Error for EncodeError {}

/// Writes a value, and stops where it is too long.
pub(super) fn encode<T: Serialize + ?Sized>(value: &T) -> Result<Box<RawValue>, EncodeError> {
    let mut bounded = Bounded { text: Vec::new(), is_full: false };
    match serde_json::to_writer(&mut bounded, value) {
        Ok(()) => raw(bounded.text),
        Err(_) if bounded.is_full => Err(EncodeError::TooLarge),
        Err(error) => Err(EncodeError::Failed(error.to_string())),
    }
}

fn raw(text: Vec<u8>) -> Result<Box<RawValue>, EncodeError> {
    let text = String::from_utf8(text).expect("serde_json writes UTF-8");
    // Only a value that is a raw one itself could be no JSON.
    RawValue::from_string(text).map_err(|error| EncodeError::Failed(error.to_string()))
}

struct Bounded {
    text: Vec<u8>,
    is_full: bool,
}

impl Write for Bounded {
    fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
        if bytes.len() > ENCODED_BYTES_MAX - self.text.len() {
            self.is_full = true;
            return Err(io::ErrorKind::FileTooLarge.into());
        }
        self.text.write(bytes)
    }

    fn flush(&mut self) -> io::Result<()> {
        Ok(())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_too_long_is_refused() {
        let longest = "x".repeat(ENCODED_BYTES_MAX - 2);
        assert_eq!(encode(&longest).unwrap().get().len(), ENCODED_BYTES_MAX);
        assert_eq!(encode(&format!("{longest}x")).unwrap_err(), EncodeError::TooLarge);
    }

    #[test]
    fn what_serde_refuses_says_why() {
        let keys = std::collections::BTreeMap::from([((1, 2), 3)]);
        let refused = encode(&keys).unwrap_err();
        assert_eq!(refused, EncodeError::Failed("key must be a string".into()));
    }
}
