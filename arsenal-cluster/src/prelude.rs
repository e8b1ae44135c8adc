//! What a file with operations or blueprints needs.

pub use arsenal_core::{blueprint, prelude::*};

pub use crate::blueprint::Child;
