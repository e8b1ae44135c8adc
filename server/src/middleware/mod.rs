//! What every request passes before any route sees it: the rules of exposure, one file each.
//!
//! Each rule is a pure function of the request's head; [`Gate`] asks them in order.

mod browser;
mod gate;
mod headers;
mod host;
mod identity;
mod refusal;

pub(crate) use gate::{Gate, GateRules};
pub(crate) use headers::AnsweredBy;
pub(crate) use refusal::problem;
