//! The voters that an operator chose, kept over restarts of a node.

use std::{
    fmt, io,
    sync::{Arc, Mutex, MutexGuard, PoisonError},
};

use tokio::task::spawn_blocking;

use super::facts::Electorate;

/// How a list of voters is written to where it survives the node.
type Save = dyn Fn(&Electorate) -> io::Result<()> + Send + Sync;

/// Where a node keeps the voters that an operator chose.
pub struct VoterStore {
    remembered: Option<Electorate>,
    /// None where there is nowhere to write.
    save: Option<Arc<Save>>,
    lists: Arc<Mutex<Lists>>,
    /// Held while a list is written, so that a later one is written later.
    writing: Arc<tokio::sync::Mutex<()>>,
    is_immediate: bool,
}

/// The list that was chosen last, and the one that was written last.
#[derive(Debug, Default)]
struct Lists {
    chosen: Option<Electorate>,
    kept: Option<Electorate>,
    has_failed: bool,
}

impl VoterStore {
    /// A store that holds what an earlier start of the node saved, if anything, and writes with `save`.
    /// That is called rarely, and may block for as long as a disk needs. After an error it is called
    /// again, a few times a second.
    pub fn new(
        remembered: Option<Electorate>,
        save: impl Fn(&Electorate) -> io::Result<()> + Send + Sync + 'static,
    ) -> Self {
        Self { save: Some(Arc::new(save)), ..Self::holding(remembered) }
    }

    fn holding(remembered: Option<Electorate>) -> Self {
        let lists =
            Lists { chosen: remembered.clone(), kept: remembered.clone(), has_failed: false };
        Self {
            remembered,
            save: None,
            lists: Arc::new(Mutex::new(lists)),
            writing: Arc::default(),
            is_immediate: false,
        }
    }

    /// The same store on virtual time, which waits for no disk: what it writes with must not block.
    pub(crate) fn on_virtual_time(self) -> Self {
        Self { is_immediate: true, ..self }
    }

    /// What was saved before this start of the node.
    pub(crate) fn remembered(&self) -> Option<&Electorate> {
        self.remembered.as_ref()
    }

    /// The node goes by these voters. Those that were chosen are to be kept, as [`keep`](Self::keep)
    /// does; those that were configured come with the configuration again.
    pub(crate) fn goes_by(&self, electorate: &Electorate) {
        if !electorate.is_chosen() {
            return;
        }
        let mut lists = self.lists();
        if lists.chosen.as_ref() != Some(electorate) {
            lists.chosen = Some(electorate.clone());
            lists.has_failed = false;
        }
    }

    /// Writes the voters that were chosen last, where they are not kept yet. Whoever waits no longer
    /// stops nothing: it is written to its end, and meanwhile nothing else is.
    pub(crate) async fn keep(&self) {
        let Some(save) = self.save.clone().filter(|_| !self.is_kept()) else { return };
        let written = Arc::clone(&self.writing).lock_owned().await;
        let lists = Arc::clone(&self.lists);
        let write = move || {
            keep_last(&lists, &*save);
            drop(written);
        };
        if self.is_immediate {
            write();
        } else if let Err(error) = spawn_blocking(write).await {
            tracing::error!("the chosen voters were not written: {error}");
        }
    }

    /// Whether the voters that were chosen last are kept.
    pub(crate) fn is_kept(&self) -> bool {
        let lists = self.lists();
        lists.chosen == lists.kept
    }

    fn lists(&self) -> MutexGuard<'_, Lists> {
        self.lists.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

/// Nothing is locked while a disk is waited for.
fn keep_last(lists: &Mutex<Lists>, save: &Save) {
    let locked = || lists.lock().unwrap_or_else(PoisonError::into_inner);
    let lists = locked();
    let Some(chosen) = lists.chosen.clone().filter(|_| lists.chosen != lists.kept) else { return };
    drop(lists);
    let saved = save(&chosen);
    let mut lists = locked();
    let version = chosen.version;
    match saved {
        Ok(()) => lists.kept = Some(chosen),
        Err(error) if !lists.has_failed => {
            lists.has_failed = true;
            tracing::error!(
                version,
                %error,
                "the chosen voters are forgotten when this node ends; it goes on trying to keep them"
            );
        }
        Err(error) => tracing::debug!(version, %error, "the chosen voters are still not kept"),
    }
}

impl Default for VoterStore {
    /// Keeps nothing: for nodes that have nowhere to write.
    fn default() -> Self {
        Self::holding(None)
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
    use std::{sync::mpsc, time::Duration};

    use tokio::time::timeout;

    use super::*;

    fn list(version: u64) -> Electorate {
        Electorate::new(version, ["a".parse().unwrap()].into())
    }

    /// A store, and the versions that it has written. Each write gets its result from `disk`.
    fn store(disk: mpsc::Receiver<io::Result<()>>) -> (VoterStore, Arc<Mutex<Vec<u64>>>) {
        let saved = Arc::<Mutex<Vec<u64>>>::default();
        let (versions, disk) = (Arc::clone(&saved), Mutex::new(disk));
        let store = VoterStore::new(None, move |electorate| {
            disk.lock().unwrap().recv().unwrap()?;
            versions.lock().unwrap().push(electorate.version);
            Ok(())
        });
        (store, saved)
    }

    #[tokio::test]
    async fn only_voters_that_were_chosen_are_kept() {
        let (disk, writes) = mpsc::channel();
        let (store, saved) = store(writes);
        store.goes_by(&list(1));
        store.keep().await;
        assert!(store.is_kept());
        store.goes_by(&list(2));
        assert!(!store.is_kept(), "nothing is said before it is so");
        disk.send(Ok(())).unwrap();
        store.keep().await;
        assert!(store.is_kept());
        assert_eq!(*saved.lock().unwrap(), [2]);
    }

    #[tokio::test]
    async fn what_could_not_be_kept_is_tried_again() {
        let (disk, writes) = mpsc::channel();
        let (store, saved) = store(writes);
        store.goes_by(&list(2));
        for result in [Err(io::ErrorKind::StorageFull.into()), Ok(())] {
            assert!(!store.is_kept());
            disk.send(result).unwrap();
            store.keep().await;
        }
        assert!(store.is_kept());
        assert_eq!(*saved.lock().unwrap(), [2]);
    }

    #[tokio::test]
    async fn a_disk_that_hangs_is_waited_for_no_longer_than_asked_and_keeps_the_order() {
        let (disk, writes) = mpsc::channel();
        let (store, saved) = store(writes);
        for version in [2, 3, 4] {
            store.goes_by(&list(version));
            assert!(timeout(Duration::from_millis(20), store.keep()).await.is_err());
        }
        assert!(!store.is_kept());
        for _ in [2, 4] {
            disk.send(Ok(())).unwrap();
        }
        store.keep().await;
        assert!(store.is_kept());
        assert_eq!(*saved.lock().unwrap(), [2, 4], "the one between them was never the last");
    }

    #[tokio::test]
    async fn it_is_known_that_there_is_nowhere_to_keep_them() {
        let store = VoterStore::default();
        store.goes_by(&list(2));
        store.keep().await;
        assert!(!store.is_kept());
    }
}
