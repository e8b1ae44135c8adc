//! Who sees whom, who may decide, and whether the nodes agree about it.

mod advice;
mod build;
mod contradictions;
mod model;
mod sides;
mod sight;

pub(crate) use advice::advice;
pub(crate) use build::{Known, partitions};
pub use contradictions::Contradiction;
pub use model::{GoneMember, Look, NodeVerdict, Pair, Partitions};
pub(crate) use sides::sides;
pub use sight::Sight;
pub(crate) use sight::{Looks, looks};
