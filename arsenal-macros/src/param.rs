//! `#[param(…)]`: what is said about one argument.

use proc_macro2::{Ident, Span};
use syn::{Attribute, Expr, LitStr, Meta, parenthesized, parse::ParseStream, parse::Parser as _};

use crate::{errors::Errors, expected, keys, parameter::Place};

/// What `#[param(…)]` said.
#[derive(Default)]
pub(crate) struct Param {
    pub(crate) place: Option<(Place, Span)>,
    pub(crate) name: Option<LitStr>,
    pub(crate) default: Option<Expr>,
    pub(crate) range: Option<Bounds>,
    pub(crate) length: Option<Bounds>,
    pub(crate) pattern: Option<LitStr>,
    pub(crate) example: Option<Expr>,
}

/// `(min = …, max = …)`, at least one of them.
#[derive(Default)]
pub(crate) struct Bounds {
    pub(crate) min: Option<Expr>,
    pub(crate) max: Option<Expr>,
}

const PLACES: &[(&str, Place)] = &[
    ("path", Place::Path),
    ("query", Place::Query),
    ("header", Place::Header),
    ("body", Place::WholeBody),
];

const KEYS: &[&str] = &["name", "default", "range", "length", "pattern", "example"];

/// Reads all `#[param(…)]` of an argument. `has_places` is false where there is no request to
/// choose a place in.
pub(crate) fn read(attributes: &[Attribute], has_places: bool, errors: &mut Errors) -> Param {
    let mut param = Param::default();
    for attribute in attributes.iter().filter(|attribute| attribute.path().is_ident("param")) {
        let Meta::List(list) = &attribute.meta else {
            errors.push(syn::Error::new_spanned(attribute, "expected `#[param(key = value, …)]`"));
            continue;
        };
        let parser = |input: ParseStream<'_>| {
            keys::each(input, errors, |key, input, errors| {
                param.read_key(key, input, has_places, errors)
            });
            Ok(())
        };
        let result = parser.parse2(list.tokens.clone());
        errors.keep(result);
    }
    param
}

impl Param {
    fn read_key(
        &mut self,
        key: &Ident,
        input: ParseStream<'_>,
        has_places: bool,
        errors: &mut Errors,
    ) -> syn::Result<()> {
        let places = if has_places { PLACES } else { &[] };
        if let Some((_, place)) = places.iter().find(|(word, _)| key == word) {
            return keys::set(&mut self.place, key, (*place, key.span()));
        }
        match key.to_string().as_str() {
            "name" => keys::set(&mut self.name, key, keys::value(input)?),
            "default" => keys::set(&mut self.default, key, keys::value(input)?),
            "example" => keys::set(&mut self.example, key, keys::value(input)?),
            "pattern" => keys::set(&mut self.pattern, key, keys::value(input)?),
            "range" => keys::set(&mut self.range, key, Bounds::read(key, input, errors)?),
            "length" => keys::set(&mut self.length, key, Bounds::read(key, input, errors)?),
            _ => {
                let known: Vec<&str> =
                    places.iter().map(|(word, _)| *word).chain(KEYS.iter().copied()).collect();
                Err(expected::unknown("key", key, &known))
            }
        }
    }
}

impl Bounds {
    fn read(key: &Ident, input: ParseStream<'_>, errors: &mut Errors) -> syn::Result<Self> {
        let content;
        parenthesized!(content in input);
        let mut bounds = Self::default();
        let (mut read, mut failed) = (0, false);
        keys::each(&content, errors, |bound, input, _| {
            read += 1;
            let result = match bound.to_string().as_str() {
                "min" => keys::value(input).and_then(|it| keys::set(&mut bounds.min, bound, it)),
                "max" => keys::value(input).and_then(|it| keys::set(&mut bounds.max, bound, it)),
                _ => Err(expected::unknown("key", bound, &["min", "max"])),
            };
            failed |= result.is_err();
            result
        });
        if read == 0 && !failed {
            return Err(syn::Error::new(
                key.span(),
                format!("`{key}` has a `min`, a `max` or both"),
            ));
        }
        Ok(bounds)
    }
}
