//! `#[derive(Parameters)]`: the fields of a struct by the rules of arguments.

mod check;
mod expand;
mod serde_attributes;

use proc_macro2::TokenStream;
use syn::{DeriveInput, Ident, Path, Visibility};

use crate::{errors::Errors, parameter::Parameter};

/// A struct without mistakes.
struct Struct {
    ident: Ident,
    visibility: Visibility,
    core: Option<Path>,
    description: String,
    parameters: Vec<Parameter>,
}

/// The implementations, or everything that is wrong.
pub(crate) fn expand(item: TokenStream) -> TokenStream {
    let input: DeriveInput = match syn::parse2(item) {
        Ok(input) => input,
        Err(error) => return error.to_compile_error(),
    };
    let mut errors = Errors::new();
    let checked = check::check(input, &mut errors);
    match errors.finish() {
        Ok(()) => expand::expand(&checked.expect("a struct without mistakes is complete")),
        Err(errors) => errors,
    }
}
