//! The attributes of Arsenal: attribute and signature are collected, checked, then expanded.
//!
//! The user's function is always emitted first and stays a plain function; everything that is
//! wrong is reported in one compile, at the token.

mod blueprint;
mod docs;
mod error_type;
mod errors;
#[cfg(test)]
mod expansion_tests;
mod expected;
mod keys;
mod operation;
mod param;
mod parameter;
mod parameter_tokens;
mod parameters;
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

/// Makes the fields of a struct parameters, with the rules that arguments have.
///
/// Each field takes `#[param(…)]` and a doc comment, as an argument of `#[operation]` does. The
/// struct can be an argument, stand inside of one, or be flattened: `#[param(flatten)]`. The derive
/// implements `serde::Deserialize` and `schemars::JsonSchema`, so that rules, decoding and schema
/// come from one place. A struct that is answered as well derives `serde::Serialize` beside it; its
/// `#[serde(…)]` must then name the fields as `#[param(name = …)]` does.
///
/// `#[param(crate = path)]` on the struct says where core is renamed.
#[proc_macro_derive(Parameters, attributes(param))]
pub fn parameters(item: TokenStream) -> TokenStream {
    parameters::expand(item.into()).into()
}

/// Turns a free `fn` that describes a child into a blueprint, from which any node can start one.
///
/// `#[blueprint]` or `#[blueprint(name = "…", crate = path)]`; the arguments follow the rules of
/// `#[operation]`, as fields of one JSON object.
#[proc_macro_attribute]
pub fn blueprint(attribute: TokenStream, item: TokenStream) -> TokenStream {
    blueprint::expand(attribute.into(), &item.into()).into()
}

/// Makes an error type of one's own an error of operations: each variant of an enum, or a struct,
/// says with `#[problem(…)]` what its clients get.
///
/// * `status = 409`: the HTTP status, 400 to 599; needed.
/// * `code = "sold_out"`: else the name in snake case. On the wire it is `<crate>.<code>`, with the
///   package's name as Rust spells it.
/// * `suggestion = "…"`: a next step for the client.
/// * `transparent`: instead of these, the problem of the only field: an `OperationError`, or another
///   error type that derives this.
/// * `crate = path`, on the type: where core is renamed.
///
/// What `Display` shows is the text that clients read; `source()` goes to the log only. The doc
/// comment is the description of the code in the `OpenAPI` document.
#[proc_macro_derive(OperationError, attributes(problem))]
pub fn operation_error(item: TokenStream) -> TokenStream {
    error_type::expand(item.into()).into()
}
