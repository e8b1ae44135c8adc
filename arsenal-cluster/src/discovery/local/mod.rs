//! The nodes of one machine and user find each other by small files in one folder.
//!
//! Each node keeps a file there with its address, and a lock on it for as long as it lives: the system
//! lets go of the lock with the process, however that ends. A file without one is of a dead node, and
//! whoever sees it removes it.

mod entry;

use std::{io, path::PathBuf, time::Duration};

use futures_util::future::BoxFuture;
use tokio::task::spawn_blocking;

use self::entry::Entry;
use super::{Answer, DiscoveryKind, LookError, Strategy};
use crate::network::Peer;

/// How soon a new node is seen.
const EVERY: Duration = Duration::from_secs(1);

/// The other nodes in a folder, and this one among them.
#[derive(Debug)]
pub struct Local {
    folder: PathBuf,
    own: Option<Entry>,
}

impl Local {
    /// In a folder of this machine that belongs to one cluster alone. It is made where it is missing.
    pub fn new(folder: impl Into<PathBuf>) -> Self {
        Self { folder: folder.into(), own: None }
    }
}

impl Strategy for Local {
    fn kind(&self) -> DiscoveryKind {
        DiscoveryKind::Local
    }

    fn watches(&self) -> String {
        self.folder.display().to_string()
    }

    fn every(&self) -> Duration {
        EVERY
    }

    fn look<'a>(&'a mut self, me: &'a Peer) -> BoxFuture<'a, Result<Answer, LookError>> {
        Box::pin(async {
            let (folder, own, me) = (self.folder.clone(), self.own.take(), me.clone());
            let looked = spawn_blocking(move || -> io::Result<_> {
                // A cleaner of old files may have taken it.
                let own = match own.filter(Entry::is_there) {
                    Some(own) => own,
                    None => Entry::create(&folder, &me)?,
                };
                Ok((own, entry::living(&folder)?))
            });
            let shown = self.folder.display();
            let (own, addresses) =
                looked.await?.map_err(|error| format!("cannot use {shown}: {error}"))?;
            self.own = Some(own);
            Ok(Answer::whole(addresses))
        })
    }
}
