//! Files that are made once: none where one of them is there.

use std::{
    fs::OpenOptions,
    io::Write as _,
    path::{Path, PathBuf},
};

use anyhow::Context as _;

use crate::{config::ConfigError, run::StartError};

/// What is to be written to one folder.
pub(super) struct NewFiles {
    folder: PathBuf,
    files: Vec<NewFile>,
}

struct NewFile {
    path: PathBuf,
    text: String,
    /// Whether only its owner may read it.
    is_private: bool,
}

impl NewFiles {
    pub(super) fn in_folder(folder: &Path) -> Self {
        Self { folder: folder.to_owned(), files: Vec::new() }
    }

    pub(super) fn public(&mut self, name: &str, text: String) {
        self.files.push(NewFile { path: self.folder.join(name), text, is_private: false });
    }

    pub(super) fn private(&mut self, name: &str, text: String) {
        self.files.push(NewFile { path: self.folder.join(name), text, is_private: true });
    }

    pub(super) fn paths(&self) -> impl Iterator<Item = &Path> {
        self.files.iter().map(|file| file.path.as_path())
    }

    pub(super) fn write(&self) -> Result<(), StartError> {
        if let Some(path) = self.paths().find(|path| path.exists()) {
            let mistake = format!(
                "{} is there already, and nothing is overwritten: give another --dir, or move it away",
                path.display()
            );
            return Err(ConfigError::new(mistake).into());
        }
        std::fs::create_dir_all(&self.folder)
            .with_context(|| format!("cannot make the folder {}", self.folder.display()))?;
        for (index, file) in self.files.iter().enumerate() {
            if let Err(error) = file.write() {
                self.paths().take(index).for_each(remove);
                let failed = format!("cannot write {}, and so wrote nothing", file.path.display());
                return Err(anyhow::Error::new(error).context(failed).into());
            }
        }
        Ok(())
    }
}

/// Takes a file back that was just made here. Where even that fails, what stopped the writing is told.
fn remove(path: &Path) {
    drop(std::fs::remove_file(path));
}

impl NewFile {
    fn write(&self) -> std::io::Result<()> {
        let mut options = OpenOptions::new();
        options.write(true).create_new(true);
        #[cfg(unix)]
        {
            use std::os::unix::fs::OpenOptionsExt as _;
            options.mode(if self.is_private { 0o600 } else { 0o644 });
        }
        let mut file = options.open(&self.path)?;
        let written = file.write_all(self.text.as_bytes()).and_then(|()| file.sync_all());
        written.inspect_err(|_full| remove(&self.path))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_was_written_before_an_error_is_taken_back() {
        let folder = tempfile::tempdir().unwrap();
        let mut files = NewFiles::in_folder(folder.path());
        files.public("a.pem", String::from("certificate"));
        files.private("no-such-folder/a.key", String::from("key"));
        let StartError::Failed(error) = files.write().unwrap_err() else { panic!() };
        assert!(format!("{error:#}").contains("and so wrote nothing"), "{error:#}");
        assert_eq!(std::fs::read_dir(folder.path()).unwrap().count(), 0);
    }

    #[test]
    fn keys_are_private_and_nothing_is_overwritten() {
        let folder = tempfile::tempdir().unwrap();
        let mut files = NewFiles::in_folder(&folder.path().join("certs"));
        files.public("a.pem", String::from("certificate"));
        files.private("a.key", String::from("key"));
        files.write().unwrap();
        let key = folder.path().join("certs/a.key");
        #[cfg(unix)]
        {
            use std::os::unix::fs::PermissionsExt as _;
            let mode = std::fs::metadata(&key).unwrap().permissions().mode();
            assert_eq!(mode & 0o777, 0o600);
        }
        std::fs::remove_file(folder.path().join("certs/a.pem")).unwrap();
        let StartError::Config(error) = files.write().unwrap_err() else { panic!() };
        assert!(error.to_string().contains("a.key is there already"), "{error}");
        assert!(!folder.path().join("certs/a.pem").exists(), "all or nothing");
        assert_eq!(std::fs::read_to_string(key).unwrap(), "key");
    }
}
