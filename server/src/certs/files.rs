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
        for (index, path) in self.paths().enumerate() {
            if path.exists() || self.paths().take(index).any(|other| other == path) {
                let mistake = format!(
                    "{} is there already, and nothing is overwritten: give another --dir, or move it away",
                    path.display()
                );
                return Err(ConfigError::new(mistake).into());
            }
        }
        std::fs::create_dir_all(&self.folder)
            .with_context(|| format!("cannot make the folder {}", self.folder.display()))?;
        for file in &self.files {
            file.write().with_context(|| format!("cannot write {}", file.path.display()))?;
        }
        Ok(())
    }
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
        file.write_all(self.text.as_bytes())?;
        file.sync_all()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

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
