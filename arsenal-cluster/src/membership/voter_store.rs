//! The voters that an operator chose, kept over restarts of a node.

use std::{
    fmt, io,
    sync::atomic::{AtomicBool, Ordering},
};

use super::facts::Electorate;

/// How a list of voters is written to where it survives the node.
type Save = dyn Fn(&Electorate) -> io::Result<()> + Send + Sync;

/// Where a node keeps the voters that an operator chose.
pub struct VoterStore {
    remembered: Option<Electorate>,
    save: Box<Save>,
    has_failed: AtomicBool,
}

impl VoterStore {
    /// A store that holds what an earlier start of the node saved, if anything, and writes with `save`.
    /// That is called rarely, and may block for as long as a disk needs.
    pub fn new(
        remembered: Option<Electorate>,
        save: impl Fn(&Electorate) -> io::Result<()> + Send + Sync + 'static,
    ) -> Self {
        Self { remembered, save: Box::new(save), has_failed: AtomicBool::new(false) }
    }

    /// What was saved before this start of the node.
    pub(crate) fn remembered(&self) -> Option<&Electorate> {
        self.remembered.as_ref()
    }

    /// Keeps voters that were chosen; those that were configured come with the configuration again.
    pub(crate) fn keep(&self, electorate: &Electorate) {
        if !electorate.is_chosen() {
            return;
        }
        let saved = (self.save)(electorate);
        self.has_failed.store(saved.is_err(), Ordering::Relaxed);
        if let Err(error) = saved {
            let version = electorate.version;
            tracing::error!(version, %error, "the chosen voters are forgotten when this node ends");
        }
    }

    /// Whether the voters that were chosen last are kept.
    pub(crate) fn is_kept(&self) -> bool {
        !self.has_failed.load(Ordering::Relaxed)
    }
}

impl Default for VoterStore {
    /// Keeps nothing: for nodes that have nowhere to write.
    fn default() -> Self {
        let nowhere =
            || io::Error::new(io::ErrorKind::Unsupported, "the node has no data directory");
        Self::new(None, move |_| Err(nowhere()))
    }
}

impl fmt::Debug for VoterStore {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter
            .debug_struct("VoterStore")
            .field("remembered", &self.remembered)
            .finish_non_exhaustive()
    }
}

#[cfg(test)]
mod tests {
    use std::sync::{Arc, Mutex};

    use super::*;

    fn list(version: u64) -> Electorate {
        Electorate::new(version, ["a".parse().unwrap()].into())
    }

    #[test]
    fn only_voters_that_were_chosen_are_kept() {
        let saved = Arc::<Mutex<Vec<u64>>>::default();
        let versions = Arc::clone(&saved);
        let store = VoterStore::new(None, move |electorate| {
            versions.lock().unwrap().push(electorate.version);
            Ok(())
        });
        store.keep(&list(1));
        store.keep(&list(2));
        assert!(store.is_kept());
        assert_eq!(*saved.lock().unwrap(), [2]);
    }

    #[test]
    fn it_is_known_when_they_could_not_be_kept() {
        let store = VoterStore::default();
        store.keep(&list(1));
        assert!(store.is_kept());
        store.keep(&list(2));
        assert!(!store.is_kept());
    }
}
