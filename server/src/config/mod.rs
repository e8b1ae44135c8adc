//! What `arsenal serve` was asked to do: flag > `ARSENAL_*` > file > default, parsed once.

mod discover;
mod error;
mod file;
mod flags;
mod layer;
mod serve;
mod settings;

pub(crate) use discover::Discover;
pub(crate) use error::ConfigError;
pub(crate) use flags::ServeFlags;
pub(crate) use serve::{CertificateFiles, ServeConfig};
