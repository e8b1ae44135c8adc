//! What `arsenal serve` was asked to do: flag > `ARSENAL_*` > file > default, parsed once.

mod error;
mod file;
mod flags;
mod layer;
mod serve;
mod settings;

pub use error::ConfigError;
pub use flags::ServeFlags;
pub use serve::ServeConfig;
