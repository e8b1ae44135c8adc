//! `#[serde(…)]` in a struct of parameters: serde writes such a struct where it is answered, and does
//! not read it. What would be ignored is a mistake.

use proc_macro2::{Ident, TokenTree};
use syn::{
    Attribute, Lit, LitStr, Meta, Token, parenthesized,
    parse::{ParseStream, Parser as _},
};

use crate::{errors::Errors, keys, param::Param};

/// What only says how the struct is written.
const WRITTEN: &[&str] =
    &["bound", "crate", "getter", "serialize_with", "skip_serializing", "skip_serializing_if"];

/// Of the struct itself.
pub(super) fn check_struct(attributes: &[Attribute], errors: &mut Errors) {
    each(attributes, errors, |key, _| {
        let instead = match key.to_string().as_str() {
            "rename_all" | "rename_all_fields" => "name each field with `#[param(name = \"…\")]`",
            "default" => "give each field its `#[param(default = …)]`",
            "deny_unknown_fields" => "unknown fields are refused anyway",
            _ => "serde reads no struct of parameters",
        };
        Err(ignored(key, instead))
    });
}

/// Of a field that clients call `name`.
pub(super) fn check_field(
    attributes: &[Attribute],
    name: &str,
    param: &Param,
    errors: &mut Errors,
) {
    each(attributes, errors, |key, value| {
        let instead = match (key.to_string().as_str(), value) {
            ("rename", Some(new)) if new.value() == name => return Ok(()),
            ("rename", Some(new)) => {
                let message = format!(
                    "clients send this field as `{name}`: `#[param(name = \"{}\")]` renames it",
                    new.value()
                );
                return Err(syn::Error::new(new.span(), message));
            }
            ("default", _) => "write `#[param(default = …)]`, or make it an `Option`",
            ("flatten", _) if param.flatten.is_some() => return Ok(()),
            ("flatten", _) => "write `#[param(flatten)]`",
            _ => "serde reads no struct of parameters",
        };
        Err(ignored(key, instead))
    });
}

fn ignored(key: &Ident, instead: &str) -> syn::Error {
    syn::Error::new(key.span(), format!("`{key}` would be ignored here: {instead}"))
}

/// Calls `check` for each key that says how the struct is read, with its text.
fn each(
    attributes: &[Attribute],
    errors: &mut Errors,
    check: impl Fn(&Ident, Option<&LitStr>) -> syn::Result<()>,
) {
    for attribute in attributes.iter().filter(|attribute| attribute.path().is_ident("serde")) {
        let Meta::List(list) = &attribute.meta else { continue };
        let parser = |input: ParseStream<'_>| {
            keys::each(input, errors, |key, input, _| {
                let value = reading_value(input)?;
                if WRITTEN.iter().any(|known| key == known) {
                    return Ok(());
                }
                match value {
                    Value::None => check(key, None),
                    Value::Text(text) => check(key, Some(&text)),
                    Value::OnlyWritten => Ok(()),
                }
            });
            Ok(())
        };
        let result = parser.parse2(list.tokens.clone());
        errors.keep(result);
    }
}

/// What stands behind a key.
enum Value {
    None,
    Text(LitStr),
    /// `(serialize = …)`, without a word on how it is read.
    OnlyWritten,
}

fn reading_value(input: ParseStream<'_>) -> syn::Result<Value> {
    if input.peek(syn::token::Paren) {
        let inner;
        parenthesized!(inner in input);
        let mut value = Value::OnlyWritten;
        while !inner.is_empty() {
            let key: Ident = inner.parse()?;
            let text: LitStr = keys::value(&inner)?;
            if key == "deserialize" {
                value = Value::Text(text);
            }
            inner.parse::<Option<Token![,]>>()?;
        }
        return Ok(value);
    }
    if !input.peek(Token![=]) {
        return Ok(Value::None);
    }
    input.parse::<Token![=]>()?;
    if let Ok(Lit::Str(text)) = input.fork().parse::<Lit>() {
        input.parse::<TokenTree>()?;
        return Ok(Value::Text(text));
    }
    Err(input.error("expected a string"))
}
