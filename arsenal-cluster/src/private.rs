//! Not public API: what the expansion of `#[blueprint]` names.

pub use arsenal_core::__private::*;

pub use crate::blueprint::{
    Blueprint, BlueprintRegistration, BlueprintSpec, Built, Child, build as build_blueprint,
    check as check_blueprint,
};
