//! Messages and states through their derives: from JSON to real actors, between nodes, and what is
//! known of them.

mod json;
mod known;
mod local;
mod shop;
mod state;
mod wire;
