//! Which start of a node this is: a number that only grows, whatever the clock does.

use std::{path::Path, time::SystemTime};

use arsenal_core::duration;

use super::{DataDir, DataDirError, whole_file::replace};

impl DataDir {
    /// The generation of this start: the clock in ms since 1970, or one more than the last one
    /// where the clock went back. Written to disk before it is used.
    pub(crate) fn next_generation(&self, now: SystemTime) -> Result<u64, DataDirError> {
        let path = self.path().join("generation");
        let last = read(&path)?;
        let next = since_1970_ms(now).max(last.saturating_add(1));
        replace(&path, &next.to_string())
            .map_err(|cause| DataDirError::Unusable { path, cause })?;
        Ok(next)
    }
}

/// The last one; 0 before the first start.
fn read(path: &Path) -> Result<u64, DataDirError> {
    let path = path.to_owned();
    let text = match std::fs::read_to_string(&path) {
        Ok(text) => text,
        Err(error) if error.kind() == std::io::ErrorKind::NotFound => return Ok(0),
        Err(cause) => return Err(DataDirError::Unusable { path, cause }),
    };
    let Ok(last) = text.trim().parse() else {
        return Err(DataDirError::Corrupt { path, expected: "the number of the last start" });
    };
    Ok(last)
}

fn since_1970_ms(now: SystemTime) -> u64 {
    let since = now.duration_since(SystemTime::UNIX_EPOCH).unwrap_or_default();
    duration::milliseconds(since)
}

#[cfg(test)]
mod tests {
    use std::time::Duration;

    use super::*;

    fn at(milliseconds: u64) -> SystemTime {
        SystemTime::UNIX_EPOCH + Duration::from_millis(milliseconds)
    }

    #[test]
    fn a_generation_only_grows() {
        let folder = tempfile::tempdir().unwrap();
        let start = |now| DataDir::open(folder.path()).unwrap().next_generation(at(now)).unwrap();
        assert_eq!(start(1_000), 1_000);
        assert_eq!(start(2_000), 2_000);
        assert_eq!(start(500), 2_001, "the clock went back");
        assert_eq!(start(2_001), 2_002, "two starts in one millisecond");
    }

    #[test]
    fn a_damaged_file_is_named() {
        let folder = tempfile::tempdir().unwrap();
        std::fs::write(folder.path().join("generation"), "x").unwrap();
        let error = DataDir::open(folder.path()).unwrap().next_generation(at(1)).unwrap_err();
        assert!(error.to_string().contains("generation does not hold the number"), "{error}");
    }
}
