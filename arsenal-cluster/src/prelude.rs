//! What a file with operations, blueprints or actors needs.

pub use arsenal_core::{blueprint, prelude::*};

pub use crate::{
    blueprint::Child,
    message::{ArsenalMessage, ArsenalState},
};
