//! The attributes of Arsenal: attribute and signature are collected, checked, then expanded.
//!
//! The user's function is always emitted first and stays a plain function; everything that is
//! wrong is reported in one compile, at the token.

mod docs;
mod errors;
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
    operation::expand(attribute.into(), item.into()).into()
}
