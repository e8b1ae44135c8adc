//! The HTTP connections of a node, each bounded in what it can hold up.

mod server;
mod stream;

pub(crate) use server::serve;
