//! `#[param(…)]`: what is said about one argument.

use proc_macro2::{Ident, Span};
use syn::{
    Attribute, Expr, LitStr, Meta, parenthesized, parse::ParseStream, parse::Parser as _,
    spanned::Spanned,
};

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
    pub(crate) items: Option<Items>,
    pub(crate) example: Option<Expr>,
    pub(crate) deprecated: Option<Ident>,
    pub(crate) flatten: Option<Ident>,
    pub(crate) content_type: Option<LitStr>,
}

/// `(range(…), length(…), pattern = …)`: the rules of each item, at least one of them.
pub(crate) struct Items {
    pub(crate) key: Ident,
    pub(crate) range: Option<Bounds>,
    pub(crate) length: Option<Bounds>,
    pub(crate) pattern: Option<LitStr>,
}

/// `(min = …, max = …)`, at least one of them.
pub(crate) struct Bounds {
    pub(crate) key: Ident,
    pub(crate) min: Option<Expr>,
    pub(crate) max: Option<Expr>,
}

const PLACES: &[(&str, Place)] = &[
    ("path", Place::Path),
    ("query", Place::Query),
    ("header", Place::Header),
    ("body", Place::WholeBody),
];

const KEYS: &[&str] =
    &["name", "default", "range", "length", "pattern", "items", "example", "deprecated", "flatten"];

/// Only where there is a request.
const CONTENT_TYPE: &str = "content_type";

const ITEM_KEYS: &[&str] = &["range", "length", "pattern"];

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
            "items" => keys::set(&mut self.items, key, Items::read(key, input, errors)?),
            "deprecated" => keys::set(&mut self.deprecated, key, key.clone()),
            "flatten" => keys::set(&mut self.flatten, key, key.clone()),
            CONTENT_TYPE if has_places => {
                keys::set(&mut self.content_type, key, media_type(input)?)
            }
            _ => {
                let known: Vec<&str> = places
                    .iter()
                    .map(|(word, _)| *word)
                    .chain(KEYS.iter().copied())
                    .chain(has_places.then_some(CONTENT_TYPE))
                    .collect();
                Err(expected::unknown("key", key, &known))
            }
        }
    }
}

impl Param {
    /// Every key that was given beside a place, with where it stands.
    pub(crate) fn given(&self) -> impl Iterator<Item = (&'static str, Span)> {
        let bounds = |bounds: &Option<Bounds>| bounds.as_ref().map(|it| it.key.span());
        let text = |text: &Option<LitStr>| text.as_ref().map(LitStr::span);
        let value = |value: &Option<Expr>| value.as_ref().map(Spanned::span);
        [
            ("name", text(&self.name)),
            ("default", value(&self.default)),
            ("range", bounds(&self.range)),
            ("length", bounds(&self.length)),
            ("pattern", text(&self.pattern)),
            ("items", self.items.as_ref().map(|items| items.key.span())),
            ("example", value(&self.example)),
            ("deprecated", self.deprecated.as_ref().map(Ident::span)),
            (CONTENT_TYPE, text(&self.content_type)),
        ]
        .into_iter()
        .filter_map(|(key, span)| Some((key, span?)))
    }
}

/// `= "type/subtype"`.
fn media_type(input: ParseStream<'_>) -> syn::Result<LitStr> {
    let literal: LitStr = keys::value(input)?;
    let text = literal.value();
    let is_token = |part: &str| {
        let is_letter =
            |letter: char| letter.is_ascii_alphanumeric() || "!#$&^_.+-".contains(letter);
        !part.is_empty() && part.chars().all(is_letter)
    };
    if text.split_once('/').is_some_and(|(kind, of)| is_token(kind) && is_token(of)) {
        return Ok(literal);
    }
    let message = "a content type is `type/subtype`, as in `\"image/png\"`";
    Err(syn::Error::new(literal.span(), message))
}

impl Items {
    fn read(key: &Ident, input: ParseStream<'_>, errors: &mut Errors) -> syn::Result<Self> {
        let content;
        parenthesized!(content in input);
        let mut items = Self { key: key.clone(), range: None, length: None, pattern: None };
        let (mut read, mut failed) = (0, false);
        keys::each(&content, errors, |rule, input, errors| {
            read += 1;
            let result = match rule.to_string().as_str() {
                "range" => Bounds::read(rule, input, errors)
                    .and_then(|it| keys::set(&mut items.range, rule, it)),
                "length" => Bounds::read(rule, input, errors)
                    .and_then(|it| keys::set(&mut items.length, rule, it)),
                "pattern" => {
                    keys::value(input).and_then(|it| keys::set(&mut items.pattern, rule, it))
                }
                _ => Err(expected::unknown("key", rule, ITEM_KEYS)),
            };
            failed |= result.is_err();
            result
        });
        if read == 0 && !failed {
            let message = "`items` has a `range`, a `length` or a `pattern`";
            return Err(syn::Error::new(key.span(), message));
        }
        Ok(items)
    }
}

impl Bounds {
    fn read(key: &Ident, input: ParseStream<'_>, errors: &mut Errors) -> syn::Result<Self> {
        let content;
        parenthesized!(content in input);
        let mut bounds = Self { key: key.clone(), min: None, max: None };
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
