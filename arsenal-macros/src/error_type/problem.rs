//! `#[problem(…)]`: what one case of an error type is to its clients.

use proc_macro2::Ident;
use syn::{Attribute, LitInt, LitStr, Meta, Path, parse::ParseStream};

use crate::{errors::Errors, expected, keys};

/// Keys that a type has, and those that a case has; the one case of a struct has both.
const TYPE_KEYS: &[&str] = &["crate"];
const CASE_KEYS: &[&str] = &["status", "code", "suggestion", "transparent"];
const STRUCT_KEYS: &[&str] = &["status", "code", "suggestion", "transparent", "crate"];

/// Where an attribute stands.
#[derive(Clone, Copy, PartialEq, Eq)]
pub(super) enum Place {
    Enum,
    Variant,
    Struct,
}

/// What the attributes of one item said.
#[derive(Default)]
pub(super) struct Problem {
    pub(super) status: Option<u16>,
    pub(super) code: Option<LitStr>,
    pub(super) suggestion: Option<LitStr>,
    pub(super) transparent: Option<Ident>,
    pub(super) core: Option<Path>,
    /// Whether a mistake was reported that may have cost a key.
    pub(super) is_broken: bool,
}

impl Problem {
    pub(super) fn read(attributes: &[Attribute], place: Place, errors: &mut Errors) -> Self {
        let mut problem = Self::default();
        for attribute in attributes.iter().filter(|it| it.path().is_ident("problem")) {
            let mut found = Errors::new();
            if let Meta::List(_) = &attribute.meta {
                let read = |input: ParseStream<'_>| {
                    keys::each(input, &mut found, |key, input, _| {
                        problem.read_key(place, key, input)
                    });
                    Ok(())
                };
                if let Err(error) = attribute.parse_args_with(read) {
                    found.push(error);
                }
            } else {
                let message = "expected keys, as in `#[problem(status = 409)]`";
                found.push(syn::Error::new_spanned(attribute, message));
            }
            problem.is_broken |= errors.take_over(found);
        }
        problem
    }

    fn read_key(&mut self, place: Place, key: &Ident, input: ParseStream<'_>) -> syn::Result<()> {
        let known = match place {
            Place::Enum => TYPE_KEYS,
            Place::Variant => CASE_KEYS,
            Place::Struct => STRUCT_KEYS,
        };
        let name = key.to_string();
        if !known.contains(&name.as_str()) {
            return Err(expected::unknown("key", key, known));
        }
        match name.as_str() {
            "status" => keys::set(&mut self.status, key, status(input)?),
            "code" => keys::set(&mut self.code, key, code(input)?),
            "suggestion" => keys::set(&mut self.suggestion, key, keys::value(input)?),
            "transparent" => keys::set(&mut self.transparent, key, key.clone()),
            _ => keys::set(&mut self.core, key, keys::value(input)?),
        }
    }
}

/// `= 409`.
fn status(input: ParseStream<'_>) -> syn::Result<u16> {
    let literal: LitInt = keys::value(input)?;
    literal.base10_parse().ok().filter(|status| (400..600).contains(status)).ok_or_else(|| {
        let message = "the status of an error is from 400 to 599";
        syn::Error::new(literal.span(), message)
    })
}

/// `= "sold_out"`.
fn code(input: ParseStream<'_>) -> syn::Result<LitStr> {
    let code: LitStr = keys::value(input)?;
    let text = code.value();
    let is_letter =
        |letter: char| letter.is_ascii_lowercase() || letter.is_ascii_digit() || letter == '_';
    if text.starts_with(|first: char| first.is_ascii_lowercase()) && text.chars().all(is_letter) {
        return Ok(code);
    }
    let message = "a code is one word of a-z, 0-9 and `_`, as in `\"sold_out\"`; \
                   the name of the crate is put in front of it";
    Err(syn::Error::new(code.span(), message))
}
