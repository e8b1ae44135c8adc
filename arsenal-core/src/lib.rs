//! **Typed operations: registered by one attribute, served on every surface.**

pub mod answer;
pub mod arguments;
pub mod context;
pub mod dispatch;
pub mod error;
pub mod http;
pub mod limits;
pub mod membership;
pub mod name;
pub mod openapi;
pub mod pattern;
pub mod principal;
pub mod registry;
pub mod request_id;
pub mod spec;
