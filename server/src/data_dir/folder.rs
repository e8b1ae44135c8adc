//! Opening the folder, and the lock that keeps a second process out.

use std::{
    fmt,
    fs::{File, TryLockError},
    io,
    path::{Path, PathBuf},
};

use etcetera::BaseStrategy as _;

use crate::config::ConfigError;

/// The default: `arsenal/<name>` in the user's state folder.
pub(crate) fn default_for(name: &str) -> Result<PathBuf, ConfigError> {
    let strategy = etcetera::choose_base_strategy()
        .map_err(|error| ConfigError::new(format!("{error}; give --data-dir")))?;
    let state = strategy.state_dir().unwrap_or_else(|| strategy.data_dir());
    Ok(state.join("arsenal").join(name))
}

/// The folder by which nodes of this user and machine find each other: `arsenal` in the user's runtime
/// folder, which is never on another machine, or in the state folder where there is none.
pub(crate) fn shared_by_nodes() -> Result<PathBuf, ConfigError> {
    let strategy = etcetera::choose_base_strategy()
        .map_err(|error| ConfigError::new(format!("{error}; give --discover local:FOLDER")))?;
    let folder = strategy.runtime_dir().or_else(|| strategy.state_dir());
    Ok(folder.unwrap_or_else(|| strategy.data_dir()).join("arsenal"))
}

/// A node's folder, locked until this is dropped or the process ends in whatever way.
#[derive(Debug)]
pub(crate) struct DataDir {
    path: PathBuf,
    _lock: File,
}

impl DataDir {
    /// Makes the folder where it is missing, readable by its owner only, and locks it.
    pub(crate) fn open(path: &Path) -> Result<Self, DataDirError> {
        let failed = |cause| DataDirError::Unusable { path: path.to_owned(), cause };
        create(path).map_err(failed)?;
        let lock = File::options()
            .create(true)
            .truncate(false)
            .write(true)
            .open(path.join("lock"))
            .map_err(failed)?;
        match lock.try_lock() {
            Ok(()) => Ok(Self { path: path.to_owned(), _lock: lock }),
            Err(TryLockError::WouldBlock) => Err(DataDirError::InUse { path: path.to_owned() }),
            Err(TryLockError::Error(cause)) => Err(failed(cause)),
        }
    }

    /// Where it is.
    pub(crate) fn path(&self) -> &Path {
        &self.path
    }
}

/// Makes a folder and its parents, for the owner only.
#[cfg(unix)]
pub(crate) fn create(path: &Path) -> io::Result<()> {
    use std::os::unix::fs::DirBuilderExt as _;
    std::fs::DirBuilder::new().recursive(true).mode(0o700).create(path)
}

#[cfg(not(unix))]
pub(crate) fn create(path: &Path) -> io::Result<()> {
    std::fs::create_dir_all(path)
}

/// Why the folder of a node cannot be used. Nothing was started.
#[derive(Debug)]
#[non_exhaustive]
pub(crate) enum DataDirError {
    /// Another running process has it.
    InUse {
        /// The folder.
        path: PathBuf,
    },
    /// The file system refused.
    Unusable {
        /// The folder or file.
        path: PathBuf,
        /// Its reason.
        cause: io::Error,
    },
    /// A file in it holds something else than expected.
    Corrupt {
        /// The file.
        path: PathBuf,
        /// What was expected.
        expected: &'static str,
    },
}

impl fmt::Display for DataDirError {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::InUse { path } => write!(
                formatter,
                "the data folder {} is used by another running node; give another one with --data-dir",
                path.display()
            ),
            Self::Unusable { path, cause } => {
                write!(formatter, "cannot use {}: {cause}", path.display())
            }
            Self::Corrupt { path, expected } => {
                write!(
                    formatter,
                    "{} does not hold {expected}; remove it to start anew",
                    path.display()
                )
            }
        }
    }
}

impl std::error::Error for DataDirError {}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_folder_has_one_user_at_a_time() {
        let parent = tempfile::tempdir().unwrap();
        let path = parent.path().join("x/a");
        let first = DataDir::open(&path).unwrap();
        assert!(matches!(DataDir::open(&path), Err(DataDirError::InUse { .. })));
        drop(first);
        assert_eq!(DataDir::open(&path).unwrap().path(), path);
    }

    #[test]
    fn a_file_in_the_way_is_named() {
        let file = tempfile::NamedTempFile::new().unwrap();
        let error = DataDir::open(file.path()).unwrap_err().to_string();
        assert!(error.contains(&file.path().display().to_string()), "{error}");
    }
}
