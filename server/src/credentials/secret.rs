//! The secret that all nodes of a cluster share.

use std::{fmt, path::Path};

use hkdf::Hkdf;
use sha2::Sha256;

use super::random;
use crate::data_dir::{PrivateFileError, read_or_create_private, read_private};

/// Fewer bytes can be guessed.
const SECRET_BYTES_MIN: usize = 32;

/// The cluster's secret. Whoever has it is a member, so it is never logged.
#[derive(Clone, PartialEq, Eq)]
pub(crate) struct Secret(String);

impl Secret {
    /// The secret in a file that somebody made.
    pub(crate) fn read(path: &Path) -> Result<Self, PrivateFileError> {
        Self::checked(read_private(path)?, path)
    }

    /// The secret in a file; a missing one is made.
    pub(crate) fn read_or_create(path: &Path) -> Result<Self, PrivateFileError> {
        Self::checked(read_or_create_private(path, || random::hex(path))?, path)
    }

    /// A key for one purpose (HKDF-SHA-256, RFC 5869), so that no two uses share a key.
    pub(crate) fn key(&self, purpose: &str) -> [u8; 32] {
        let mut key = [0; 32];
        Hkdf::<Sha256>::new(Some(b"arsenal"), self.0.as_bytes())
            .expand(purpose.as_bytes(), &mut key)
            .expect("32 bytes are one block");
        key
    }

    fn checked(text: String, path: &Path) -> Result<Self, PrivateFileError> {
        if strength(&text) < SECRET_BYTES_MIN {
            return Err(PrivateFileError::new(
                path,
                "the secret is too weak: at least 32 bytes are needed, as `openssl rand -hex 32` gives",
            ));
        }
        Ok(Self(text))
    }
}

/// Bytes that the text can stand for: two hexadecimal digits are one.
fn strength(text: &str) -> usize {
    if text.bytes().all(|byte| byte.is_ascii_hexdigit()) { text.len() / 2 } else { text.len() }
}

impl fmt::Debug for Secret {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.write_str("Secret(…)")
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_secret_is_made_once_and_private() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("secret");
        let made = Secret::read_or_create(&path).unwrap();
        assert_eq!(made.0.len(), 64);
        assert_eq!(Secret::read_or_create(&path).unwrap().0, made.0);
        assert_eq!(Secret::read(&path).unwrap().0, made.0);
        #[cfg(unix)]
        {
            use std::os::unix::fs::PermissionsExt as _;
            let mode = std::fs::metadata(&path).unwrap().permissions().mode();
            assert_eq!(mode & 0o777, 0o600);
        }
    }

    #[test]
    fn a_weak_or_missing_secret_is_refused() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("secret");
        assert!(Secret::read(&path).unwrap_err().to_string().contains("no such file"));
        for weak in ["", "hunter2", "0123456789abcdef0123456789abcdef"] {
            std::fs::write(&path, weak).unwrap();
            let error = Secret::read(&path).unwrap_err().to_string();
            assert!(error.contains("too weak"), "{error}");
            assert!(weak.is_empty() || !error.contains(weak), "{error}");
        }
        std::fs::write(&path, "correct horse battery staple, and more").unwrap();
        assert!(Secret::read(&path).is_ok());
    }

    #[test]
    fn a_secret_is_not_shown() {
        assert_eq!(format!("{:?}", Secret("hunter2".to_owned())), "Secret(…)");
    }
}
