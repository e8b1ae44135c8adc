//! Sources of settings, for the tests of this folder.

use super::{ConfigError, ServeConfig, ServeFlags};

/// Loads from flags and these variables.
pub(super) fn load(
    flags: ServeFlags,
    environment: &[(&str, &str)],
) -> Result<ServeConfig, ConfigError> {
    ServeConfig::load(flags, |name| {
        environment.iter().find(|pair| pair.0 == name).map(|pair| pair.1.to_owned())
    })
}

/// Flags that need no folder of the user.
pub(super) fn flags() -> ServeFlags {
    ServeFlags { data_dir: Some("/d".to_owned()), ..ServeFlags::default() }
}

/// A configuration file with this text.
pub(super) fn file(text: &str) -> tempfile::NamedTempFile {
    let file = tempfile::NamedTempFile::new().unwrap();
    std::fs::write(file.path(), text).unwrap();
    file
}
