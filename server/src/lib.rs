//! The `arsenal` program as a library, so that a program with further operations is three lines.

pub mod config;
pub mod credentials;
pub mod data_dir;
pub mod logs;
