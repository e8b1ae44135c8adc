//! `#[derive(OperationError)]`: a user's own error type, each case of which maps to a problem.

mod check;
mod expand;
mod problem;

use proc_macro2::TokenStream;
use syn::DeriveInput;

use crate::errors::Errors;

/// The implementations, or everything that is wrong.
pub(crate) fn expand(item: TokenStream) -> TokenStream {
    let input: DeriveInput = match syn::parse2(item) {
        Ok(input) => input,
        Err(error) => return error.to_compile_error(),
    };
    let mut errors = Errors::new();
    let checked = check::check(&input, &mut errors);
    if let Err(errors) = errors.finish() {
        return errors;
    }
    expand::expand(&checked.expect("an error type without mistakes is complete"))
}
