//! The `arsenal` program as a library, so that a program with further operations is three lines.

mod config;
mod credentials;
mod data_dir;
mod logs;
mod middleware;
