//! **Typed operations: registered by one attribute, served on every surface.**

pub mod answer;
pub mod arguments;
pub mod authorize;
pub mod context;
mod decode;
pub mod dispatch;
pub mod envelope;
pub mod error;
pub mod execute;
mod fan_out;
mod gather;
pub mod http;
mod invoke;
pub mod limits;
pub mod membership;
pub mod name;
pub mod openapi;
mod pages;
pub mod partition;
pub mod pattern;
pub mod principal;
pub mod registry;
pub mod request_id;
#[cfg(test)]
mod samples;
pub mod spec;
pub mod target;
