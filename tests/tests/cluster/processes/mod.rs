//! Single processes, reached through any node.

mod acting;
mod address;
mod churn;
mod finding;
mod surface;
