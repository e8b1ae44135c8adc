//! `#[operation]`: collect, check, then expand.

mod amounts;
mod attribute;
mod check;
mod date;
mod expand;
mod returned;
mod target;

use proc_macro2::TokenStream;
use quote::quote;
use syn::{ItemFn, spanned::Spanned as _};

use crate::{
    errors::Errors,
    signature::{self, Subject},
};
use attribute::Attribute;

/// The user's function, and either the operation's constant or everything that is wrong.
pub(crate) fn expand(attribute: TokenStream, item: &TokenStream) -> TokenStream {
    let mut function: ItemFn = match syn::parse2(item.clone()) {
        Ok(function) => function,
        Err(error) => {
            let error = syn::Error::new(error.span(), "`#[operation]` stands on a free `async fn`");
            let error = error.to_compile_error();
            return quote!(#item #error);
        }
    };
    let generated = generate(attribute, &mut function).unwrap_or_else(|errors| errors);
    quote!(#function #generated)
}

fn generate(attribute: TokenStream, function: &mut ItemFn) -> Result<TokenStream, TokenStream> {
    let mut errors = Errors::new();
    let attribute = Attribute::read(attribute, &mut errors);
    if function.sig.asyncness.is_none() {
        errors.at(function.sig.fn_token.span(), "an operation is an `async fn`");
    }
    let signature = signature::take(function, Subject::Operation, &mut errors);
    let operation = check::check(attribute, signature, &function.sig, &mut errors);
    errors.finish()?;
    let operation = operation.expect("an operation without mistakes is complete");
    Ok(expand::expand(&operation))
}
