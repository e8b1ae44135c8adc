//! The catalogue as an OpenAPI document: 3.1, and the same in 3.0.
//!
//! utoipa models what stands around the operations. Operations and schemas are plain JSON, because
//! utoipa's model of a schema drops keywords that schemars emits.

mod answer;
mod body;
mod document;
mod frame;
mod operation;
mod parameter;
mod problems;
mod referenced;
mod schemas;
mod shared;
mod standalone;
mod three_zero;
mod twofold;

#[cfg(test)]
mod tests;

pub use document::{document, document_3_0};
pub use standalone::{input_schema, output_schema, parameters_schema, read_schema, written_schema};

pub(crate) use body::object;
pub(crate) use document::twofold_names;
pub use schemas::CHECKS_ITSELF;
pub(crate) use schemas::{Contract, IS_ENFORCED, Schemas};
