//! The file of one node: `<name>.<generation>`, with its address in it, locked while it lives.

use std::{
    collections::BTreeSet,
    fs::{self, DirBuilder, File, TryLockError},
    io::{self, Read as _, Write as _},
    net::SocketAddr,
    path::{Path, PathBuf},
};

use arsenal_core::name::NodeName;

use crate::network::Peer;

/// Files that are looked at.
const ENTRIES_MAX: usize = 1_024;

/// The longest address, with its line end.
const ENTRY_BYTES_MAX: u64 = 64;

/// The own file. Dropping it removes it.
#[derive(Debug)]
pub(super) struct Entry {
    path: PathBuf,
    /// The lock ends with it.
    _file: File,
}

impl Entry {
    /// Tells where a node is.
    pub(super) fn create(folder: &Path, me: &Peer) -> io::Result<Self> {
        create_folder(folder)?;
        let path = folder.join(format!("{}.{}", me.id.name, me.id.generation));
        let mut file = File::options().create(true).truncate(false).write(true).open(&path)?;
        match file.try_lock() {
            Ok(()) => {}
            Err(TryLockError::WouldBlock) => return Err(io::ErrorKind::ResourceBusy.into()),
            Err(TryLockError::Error(error)) => return Err(error),
        }
        writeln!(file, "{}", me.address)?;
        Ok(Self { path, _file: file })
    }

    /// Whether others find it. Between its making and its lock somebody may have taken it for dead.
    pub(super) fn is_there(&self) -> bool {
        self.path.exists()
    }
}

impl Drop for Entry {
    fn drop(&mut self) {
        // Whoever comes later removes it, if this cannot.
        drop(fs::remove_file(&self.path));
    }
}

/// The addresses of the nodes in a folder that live. Files of dead ones are removed.
pub(super) fn living(folder: &Path) -> io::Result<BTreeSet<SocketAddr>> {
    let mut addresses = BTreeSet::new();
    for entry in fs::read_dir(folder)?.take(ENTRIES_MAX) {
        let entry = entry?;
        let path = entry.path();
        if is_of_a_node(&path) && entry.file_type()?.is_file() {
            // One that went meanwhile, or is being written, is seen next time.
            addresses.extend(address_if_living(&path).ok().flatten());
        }
    }
    Ok(addresses)
}

fn address_if_living(path: &Path) -> io::Result<Option<SocketAddr>> {
    let file = File::open(path)?;
    match file.try_lock_shared() {
        Ok(()) => fs::remove_file(path).map(|()| None),
        Err(TryLockError::Error(error)) => Err(error),
        Err(TryLockError::WouldBlock) => {
            let mut text = String::new();
            file.take(ENTRY_BYTES_MAX).read_to_string(&mut text)?;
            Ok(text.trim().parse().ok())
        }
    }
}

/// Other files are not ours to remove.
fn is_of_a_node(path: &Path) -> bool {
    let name = path.file_name().and_then(|name| name.to_str()).unwrap_or_default();
    name.split_once('.').is_some_and(|(name, generation)| {
        name.parse::<NodeName>().is_ok() && generation.parse::<u64>().is_ok()
    })
}

/// For the owner only: who can write there can have nodes dial what he likes.
fn create_folder(folder: &Path) -> io::Result<()> {
    let mut builder = DirBuilder::new();
    #[cfg(unix)]
    std::os::unix::fs::DirBuilderExt::mode(&mut builder, 0o700);
    builder.recursive(true).create(folder)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn peer(id: &str, port: u16) -> Peer {
        let id = id.parse().unwrap();
        Peer { id, address: ([127, 0, 0, 1], port).into() }
    }

    #[test]
    fn the_living_are_found_and_the_dead_are_removed() {
        let folder = tempfile::tempdir().unwrap();
        let folder = folder.path().join("made/when/missing");
        let a = Entry::create(&folder, &peer("a#1", 7001)).unwrap();
        let _b = Entry::create(&folder, &peer("b#7", 7002)).unwrap();
        fs::write(folder.join("c.3"), "127.0.0.1:7003\n").unwrap();
        fs::write(folder.join("notes.txt"), "127.0.0.1:7004\n").unwrap();
        let ports =
            || -> Vec<u16> { living(&folder).unwrap().iter().map(SocketAddr::port).collect() };
        assert_eq!(ports(), [7001, 7002], "nobody holds the file of c");
        assert!(!folder.join("c.3").exists() && folder.join("notes.txt").exists());
        drop(a);
        assert_eq!(ports(), [7002]);
        assert!(!folder.join("a.1").exists());
    }

    #[test]
    fn a_file_that_was_taken_away_is_missed() {
        let folder = tempfile::tempdir().unwrap();
        let entry = Entry::create(folder.path(), &peer("a#1", 7001)).unwrap();
        assert!(entry.is_there());
        fs::remove_file(folder.path().join("a.1")).unwrap();
        assert!(!entry.is_there());
    }
}
