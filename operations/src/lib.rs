//! The operations that Arsenal ships: one per file, folders as in the paths.

pub mod blueprints;
pub mod cluster;
pub mod groups;
pub mod horde;
pub mod operations;
pub mod processes;
pub mod simulation;
pub mod supervisors;
