//! Sandboxes: groups of processes over several nodes that start and end together.
//!
//! The node that is asked to create one owns its record; every chosen node runs a *share* of it under
//! one supervisor. Starting is all or nothing: what a failed start leaves behind is removed by the
//! janitor, as soon as the node in question can be reached.

mod create;
mod delete;
mod id;
mod janitor;
mod leftovers;
mod model;
mod placement;
mod records;
mod share;
mod shares;

pub use create::create;
pub use delete::delete;
pub use id::{InvalidSandboxId, SandboxId};
pub(crate) use janitor::{Cleanups, janitor};
pub use model::{
    ChildRequest, Count, PlacementStrategy, Sandbox, SandboxDeleted, SandboxRequest, Share,
    ShareChild, ShareRequest, ShareStarted, ShareState, ShareStopped,
};
pub use records::Records;
pub use share::{start_share, stop_share};
pub use shares::Shares;

/// Children that one request may list.
pub const CHILDREN_MAX: usize = 100;

/// Processes that one child of a request may ask for.
pub const COUNT_MAX: u32 = 10_000;

/// Processes that all children of a request may ask for together: what some nodes start while they
/// still answer pings. What a process starts by itself is not counted.
pub const PROCESSES_MAX: u32 = 50_000;

/// Sandboxes that one node owns at a time.
pub const SANDBOXES_MAX: usize = 1_000;
