//! What `arsenal serve` was asked to do: flag > `ARSENAL_*` > file > default, parsed once.

mod combinations;
mod credential_files;
mod discover;
mod error;
mod file;
mod flags;
mod layer;
#[cfg(test)]
mod samples;
mod serve;
mod settings;
mod values;
mod voters;

pub(crate) use credential_files::{CertificateFiles, CredentialFiles};
pub(crate) use discover::Discover;
pub(crate) use error::ConfigError;
pub(crate) use flags::ServeFlags;
pub(crate) use serve::ServeConfig;
