//! Single processes, reached through any node.

mod acting;
mod address;
mod churn;
mod circle;
mod failures;
mod finding;
mod groups;
mod supervisors;
mod surface;
mod trace;
mod trees;
