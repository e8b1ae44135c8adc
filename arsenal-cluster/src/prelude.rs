//! What a file with operations, blueprints or actors needs.

pub use arsenal_core::{blueprint, prelude::*};

pub use crate::{
    blueprint::Child,
    instrument::{Instrumented, SpawnInstrumented, SpawnInstrumentedLocal},
    message::{ArsenalMessage, ArsenalState},
};
