//! The attributes of Arsenal: attribute and signature are collected, checked, then expanded.
//!
//! The user's function is always emitted first and stays a plain function; everything that is
//! wrong is reported in one compile, at the token.

mod blueprint;
mod docs;
mod errors;
#[cfg(test)]
mod expansion_tests;
mod expected;
mod keys;
mod operation;
mod param;
mod parameter;
mod parameter_tokens;
mod path;
mod signature;

use proc_macro::TokenStream;

/// Turns a free `async fn` into an operation of the cluster.
///
/// `#[operation(METHOD, "PATH", key = value, …)]`; see the design for the keys.
#[proc_macro_attribute]
pub fn operation(attribute: TokenStream, item: TokenStream) -> TokenStream {
    operation::expand(attribute.into(), &item.into()).into()
}

/// Turns a free `fn` that describes a child into a blueprint, from which any node can start one.
///
/// `#[blueprint]` or `#[blueprint(name = "…", crate = path)]`; the arguments follow the rules of
/// `#[operation]`, as fields of one JSON object.
#[proc_macro_attribute]
pub fn blueprint(attribute: TokenStream, item: TokenStream) -> TokenStream {
    blueprint::expand(attribute.into(), &item.into()).into()
}
