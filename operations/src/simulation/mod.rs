//! `/api/v1/simulation…`: a simulated cluster beside the real one, to be broken and mended.
//!
//! The operations run on the real node, whichever cluster is addressed.

pub mod clock;
pub mod create;
pub mod delete;
pub mod inspect;
pub mod links;
pub mod nodes;
pub mod partitions;

use std::sync::Arc;

use arsenal_cluster::{
    node::RuntimeExt as _,
    simulation::live::{LinkStatus, Simulation},
};
use arsenal_core::prelude::*;
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

/// The links of a simulated cluster that are not as usual.
#[derive(Clone, Debug, Serialize, Deserialize, JsonSchema)]
pub struct SimulatedLinks {
    /// Those that are cut or behave in another way than usual, one direction each.
    pub links: Vec<LinkStatus>,
}

/// The simulated cluster, which there must be.
fn current(context: &NodeContext) -> Result<Arc<Simulation>, OperationError> {
    Ok(context.runtime()?.simulations().current()?)
}
