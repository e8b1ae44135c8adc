//! `arsenal dev`: a cluster of node processes on this machine, with a demo workload.

mod client;
mod cluster;
mod console;
mod demo;
mod flags;
mod plan;
mod ports;
mod ready;
mod session;
mod shell;
mod summary;
pub(crate) mod workload;

pub(crate) use flags::DevFlags;
pub(crate) use session::run;
