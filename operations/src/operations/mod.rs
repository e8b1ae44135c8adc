//! `/api/v1/operations…`: the catalogue of operations.

pub mod inspect;
pub mod list;
mod model;

pub use model::{
    OperationDetail, OperationErrorCase, OperationInfo, OperationLimits, OperationRate,
};
