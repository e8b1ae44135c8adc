//! Lists of `key`, `key = value` and `key(…)`, read to the end whatever is wrong with one of them.

use proc_macro2::{Ident, TokenTree};
use syn::{Token, ext::IdentExt as _, parse::ParseStream};

use crate::errors::Errors;

/// Calls `read` for each key, with the input behind it. A key whose `read` fails is skipped.
pub(crate) fn each(
    input: ParseStream<'_>,
    errors: &mut Errors,
    mut read: impl FnMut(&Ident, ParseStream<'_>, &mut Errors) -> syn::Result<()>,
) {
    while !input.is_empty() {
        let result = Ident::parse_any(input)
            .map_err(|error| syn::Error::new(error.span(), "expected a key"))
            .and_then(|key| read(&key, input, errors))
            .and_then(|()| expect_end_or_comma(input));
        if let Err(error) = result {
            errors.push(error);
            skip_to_comma(input);
        }
        if input.parse::<Token![,]>().is_err() {
            break;
        }
    }
}

/// Reads `= value`.
pub(crate) fn value<T: syn::parse::Parse>(input: ParseStream<'_>) -> syn::Result<T> {
    input.parse::<Token![=]>()?;
    input.parse()
}

/// Keeps a value, unless there was one already.
pub(crate) fn set<T>(place: &mut Option<T>, key: &Ident, value: T) -> syn::Result<()> {
    if place.is_some() {
        return Err(syn::Error::new(key.span(), format!("`{key}` is given more than once")));
    }
    *place = Some(value);
    Ok(())
}

fn expect_end_or_comma(input: ParseStream<'_>) -> syn::Result<()> {
    if input.is_empty() || input.peek(Token![,]) {
        Ok(())
    } else {
        Err(input.error("expected `,`"))
    }
}

fn skip_to_comma(input: ParseStream<'_>) {
    while !input.is_empty() && !input.peek(Token![,]) {
        if input.parse::<TokenTree>().is_err() {
            return;
        }
    }
}
