//! What was expected where something else stands: one wording for all messages.

use proc_macro2::Ident;
use syn::{ext::IdentExt as _, parse::ParseStream};

/// Words as a list: `` `a`, `b`, `c` ``.
pub(crate) fn list<T: AsRef<str>>(words: impl IntoIterator<Item = T>) -> String {
    let quoted: Vec<String> =
        words.into_iter().map(|word| format!("`{}`", word.as_ref())).collect();
    quoted.join(", ")
}

/// An unknown word, where one of some was expected.
pub(crate) fn unknown(what: &str, found: &Ident, words: &[&str]) -> syn::Error {
    let message = format!("unknown {what} `{found}`; expected one of {}", list(words));
    syn::Error::new(found.span(), message)
}

/// Reads one of some words; each stands for a value.
pub(crate) fn one_of<T: Copy>(
    input: ParseStream<'_>,
    what: &str,
    words: &[(&str, T)],
) -> syn::Result<(Ident, T)> {
    let names: Vec<&str> = words.iter().map(|(word, _)| *word).collect();
    let found = Ident::parse_any(input).map_err(|error| {
        syn::Error::new(error.span(), format!("expected one of {}", list(&names)))
    })?;
    match words.iter().find(|(word, _)| found == word) {
        Some((_, value)) => Ok((found, *value)),
        None => Err(unknown(what, &found, &names)),
    }
}
