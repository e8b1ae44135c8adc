//! Single processes, reached through any node.

mod address;
