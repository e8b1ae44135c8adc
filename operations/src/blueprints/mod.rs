//! `/api/v1/blueprints…`: the catalogue of what can be started.

pub mod inspect;
pub mod list;
mod model;

pub use model::{BlueprintDetail, BlueprintInfo};
