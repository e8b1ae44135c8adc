//! The demo workload: actors of the kinds that people run, each a blueprint that starts without
//! arguments.

mod counter;
mod fragile;
mod ticker;
mod tree;
