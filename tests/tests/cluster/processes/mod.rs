//! Single processes, reached through any node.

mod acting;
mod address;
mod finding;
mod surface;
