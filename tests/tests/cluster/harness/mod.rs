//! What every test here stands on: real processes, real ports, an HTTP client, bounded waiting.

mod answer;
mod client;
mod cluster;
mod dev;
mod events;
pub(crate) mod ports;
mod process;
mod sandbox;
mod wait;

pub(crate) use answer::{Answer, violations};
pub(crate) use client::{Client, Request};
pub(crate) use cluster::Cluster;
pub(crate) use dev::Dev;
pub(crate) use events::{Event, Events};
pub(crate) use process::{Process, is_running, send};
pub(crate) use sandbox::{
    SANDBOXES, assert_deletion_is_unfinished, counters, counters_by_node, create_counters,
    post_counters, until_counters,
};
pub(crate) use wait::{measured, stays, until};
