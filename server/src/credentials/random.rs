//! Randomness of the operating system, as text.

use std::{fmt::Write as _, path::Path};

use crate::data_dir::PrivateFileError;

/// 256 bits: nobody guesses them.
const RANDOM_BYTES: usize = 32;

/// 64 hexadecimal digits, for the file at `path`.
pub(super) fn hex(path: &Path) -> Result<String, PrivateFileError> {
    let mut bytes = [0_u8; RANDOM_BYTES];
    getrandom::fill(&mut bytes).map_err(|error| {
        PrivateFileError::new(path, format!("the system gives no randomness: {error}"))
    })?;
    let mut text = String::with_capacity(2 * RANDOM_BYTES);
    for byte in bytes {
        write!(text, "{byte:02x}").expect("a string takes everything");
    }
    Ok(text)
}
