//! The voters that an operator chose, kept over restarts of the node.

use std::{io, path::PathBuf};

use arsenal_cluster::membership::{Electorate, VOTERS_MAX, VoterStore};

use super::{DataDir, DataDirError, whole_file::replace};

impl DataDir {
    /// Where the chosen voters are kept.
    pub(crate) fn voters_file(&self) -> PathBuf {
        self.path().join("voters")
    }

    /// The voters that were chosen last; none where nobody ever did.
    pub(crate) fn chosen_voters(&self) -> Result<Option<Electorate>, DataDirError> {
        let path = self.voters_file();
        let text = match std::fs::read_to_string(&path) {
            Ok(text) => text,
            Err(error) if error.kind() == io::ErrorKind::NotFound => return Ok(None),
            Err(cause) => return Err(DataDirError::Unusable { path, cause }),
        };
        let read = serde_json::from_str(&text).ok();
        let is_list = |chosen: &Electorate| {
            chosen.is_chosen() && (1..=VOTERS_MAX).contains(&chosen.voters.len())
        };
        match read.filter(is_list) {
            Some(chosen) => Ok(Some(chosen)),
            None => Err(DataDirError::Corrupt { path, expected: "the voters that were chosen" }),
        }
    }

    /// Remembers `chosen`, and writes what is chosen later.
    pub(crate) fn voter_store(&self, chosen: Option<Electorate>) -> VoterStore {
        let path = self.voters_file();
        VoterStore::new(chosen, move |electorate| {
            let text = serde_json::to_string(electorate).map_err(io::Error::other)?;
            replace(&path, &text)
        })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_damaged_list_is_named_and_not_passed_over() {
        let folder = tempfile::tempdir().unwrap();
        let data_dir = DataDir::open(folder.path()).unwrap();
        assert_eq!(data_dir.chosen_voters().unwrap(), None);
        for damaged in ["", "{", r#"{"version":2,"voters":[]}"#, r#"{"version":1,"voters":["a"]}"#]
        {
            std::fs::write(data_dir.voters_file(), damaged).unwrap();
            let error = data_dir.chosen_voters().unwrap_err().to_string();
            assert!(error.contains("voters does not hold the voters"), "{damaged}: {error}");
        }
        std::fs::write(data_dir.voters_file(), r#"{"version":3,"voters":["b","a"]}"#).unwrap();
        let chosen = data_dir.chosen_voters().unwrap().unwrap();
        assert_eq!((chosen.version, chosen.voters.len()), (3, 2));
    }
}
