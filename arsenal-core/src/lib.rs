//! **Typed operations: registered by one attribute, served on every surface.**

extern crate self as arsenal_core;

#[doc(hidden)]
#[path = "private.rs"]
pub mod __private;
pub mod answer;
pub mod arguments;
pub mod authorize;
pub mod call;
pub mod context;
pub mod decode;
#[doc(hidden)]
pub mod defect;
mod digits;
pub mod dispatch;
pub mod duration;
pub mod envelope;
pub mod error;
pub mod execution;
mod fan_out;
mod gather;
pub mod headers;
pub mod hooks;
pub mod http;
mod invoke;
pub mod limits;
pub mod membership;
pub mod name;
mod nearest;
pub mod openapi;
mod operation_name;
mod ownership;
mod pages;
pub mod partition;
pub mod pattern;
pub mod prelude;
pub mod principal;
pub mod registry;
mod rehearsal;
pub mod request_id;
#[cfg(test)]
mod samples;
#[cfg(test)]
mod scripted_cluster;
pub mod spec;
pub mod streaming;
mod streams;
pub mod target;
pub mod telemetry;
pub mod testing;
pub mod versions;

#[doc(hidden)]
pub use arsenal_macros::{ArsenalMessage, ArsenalState};
pub use arsenal_macros::{Parameters, blueprint, operation};
pub use error::OperationError;
/// What types of arguments and answers derive from, in the version that core uses.
pub use {schemars, serde};

/// Links crates whose only purpose is to hold operations: without it the linker drops a crate that
/// nobody names, and its operations with it.
///
/// ```ignore
/// arsenal_core::operations!(shop_operations, billing_operations);
/// ```
#[macro_export]
macro_rules! operations {
    ($($krate:ident),+ $(,)?) => {
        $( use $krate as _; )+
    };
}
