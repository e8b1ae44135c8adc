//! Files that only their owner may read: made whole or not at all, and looked at before use.

use std::{
    fmt,
    io::{self, Write as _},
    path::{Path, PathBuf},
};

/// The largest file that is read as a credential.
const PRIVATE_BYTES_MAX: u64 = 4096;

/// Why a file with a credential cannot be used. Never shows what is in it.
#[derive(Debug)]
pub(crate) struct PrivateFileError {
    path: PathBuf,
    reason: String,
}

impl PrivateFileError {
    pub(crate) fn new(path: &Path, reason: impl Into<String>) -> Self {
        Self { path: path.to_owned(), reason: reason.into() }
    }
}

impl fmt::Display for PrivateFileError {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(formatter, "{}: {}", self.path.display(), self.reason)
    }
}

impl std::error::Error for PrivateFileError {}

/// The text of a file that must exist, without white space around it.
pub(crate) fn read(path: &Path) -> Result<String, PrivateFileError> {
    read_if_there(path)?.ok_or_else(|| PrivateFileError::new(path, "there is no such file"))
}

/// The text of a file; where there is none, it is made with `create`, readable by its owner only.
/// Of two processes that do so at once, both get the text of one of them.
pub(crate) fn read_or_create(
    path: &Path,
    create: impl FnOnce() -> Result<String, PrivateFileError>,
) -> Result<String, PrivateFileError> {
    if let Some(text) = read_if_there(path)? {
        return Ok(text);
    }
    let text = create()?;
    match persist(path, &text) {
        Ok(()) => Ok(text),
        Err(error) if error.kind() == io::ErrorKind::AlreadyExists => read(path),
        Err(error) => Err(PrivateFileError::new(path, error.to_string())),
    }
}

fn read_if_there(path: &Path) -> Result<Option<String>, PrivateFileError> {
    let failed = |error: io::Error| PrivateFileError::new(path, error.to_string());
    let metadata = match std::fs::metadata(path) {
        Ok(metadata) => metadata,
        Err(error) if error.kind() == io::ErrorKind::NotFound => return Ok(None),
        Err(error) => return Err(failed(error)),
    };
    if metadata.len() > PRIVATE_BYTES_MAX {
        return Err(PrivateFileError::new(path, "is too large for a credential"));
    }
    warn_if_others_can_read(path, &metadata);
    let text = std::fs::read_to_string(path).map_err(failed)?;
    Ok(Some(text.trim().to_owned()))
}

/// Written beside its place and linked there, so that nobody ever reads half of it.
fn persist(path: &Path, text: &str) -> io::Result<()> {
    let folder = path.parent().filter(|folder| !folder.as_os_str().is_empty());
    let mut file = tempfile::NamedTempFile::new_in(folder.unwrap_or_else(|| Path::new(".")))?;
    writeln!(file, "{text}")?;
    file.as_file().sync_all()?;
    file.persist_noclobber(path)?;
    Ok(())
}

/// Only a warning: files that an orchestrator mounts are often readable by a group.
#[cfg(unix)]
fn warn_if_others_can_read(path: &Path, metadata: &std::fs::Metadata) {
    use std::os::unix::fs::PermissionsExt as _;
    let mode = metadata.permissions().mode() & 0o777;
    if mode & 0o077 != 0 {
        tracing::warn!(
            "{} can be read by others (mode {mode:o}); chmod 600 closes it",
            path.display()
        );
    }
}

#[cfg(not(unix))]
fn warn_if_others_can_read(_: &Path, _: &std::fs::Metadata) {}
