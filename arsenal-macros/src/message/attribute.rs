//! `#[message(…)]`: what a type of messages offers, and which variant it leaves out.

use proc_macro2::Ident;
use syn::{Attribute, Meta, Path, parse::ParseStream};

use crate::{errors::Errors, expected, keys};

const TYPE_KEYS: &[&str] = &["json", "cluster", "show", "crate"];
const VARIANT_KEYS: &[&str] = &["skip"];

/// What stands on the type.
#[derive(Default)]
pub(super) struct TypeKeys {
    pub(super) json: Option<Ident>,
    pub(super) cluster: Option<Ident>,
    pub(super) show: Option<Ident>,
    pub(super) krate: Option<Path>,
    /// Whether a mistake was reported that may have cost a key.
    pub(super) is_broken: bool,
}

impl TypeKeys {
    pub(super) fn read(attributes: &[Attribute], errors: &mut Errors) -> Self {
        let mut found = Self::default();
        let is_broken =
            each(attributes, "json", errors, |key, input| match key.to_string().as_str() {
                "json" => keys::set(&mut found.json, key, key.clone()),
                "cluster" => keys::set(&mut found.cluster, key, key.clone()),
                "show" => keys::set(&mut found.show, key, key.clone()),
                "crate" => keys::set(&mut found.krate, key, keys::value(input)?),
                _ => Err(expected::unknown("key", key, TYPE_KEYS)),
            });
        Self { is_broken, ..found }
    }
}

/// `skip`, where a variant has it.
pub(super) fn skip(attributes: &[Attribute], errors: &mut Errors) -> Option<Ident> {
    let mut skip = None;
    each(attributes, "skip", errors, |key, _| {
        if key == "skip" {
            return keys::set(&mut skip, key, key.clone());
        }
        let error = expected::unknown("key", key, VARIANT_KEYS);
        if TYPE_KEYS.iter().any(|known| key == known) {
            let message = format!("`{key}` stands on the type; a variant has `skip` only");
            return Err(syn::Error::new(error.span(), message));
        }
        Err(error)
    });
    skip
}

/// A field has no keys of ours.
pub(super) fn refuse(attributes: &[Attribute], errors: &mut Errors) {
    for attribute in attributes.iter().filter(|it| it.path().is_ident("message")) {
        let message = "`#[message(…)]` stands on the type or on a variant, not on a field";
        errors.push(syn::Error::new_spanned(attribute, message));
    }
}

/// Whether a mistake was reported.
fn each(
    attributes: &[Attribute],
    example: &str,
    errors: &mut Errors,
    mut read: impl FnMut(&Ident, ParseStream<'_>) -> syn::Result<()>,
) -> bool {
    let mut found = Errors::new();
    for attribute in attributes.iter().filter(|it| it.path().is_ident("message")) {
        let Meta::List(_) = &attribute.meta else {
            let message = format!("expected keys, as in `#[message({example})]`");
            found.push(syn::Error::new_spanned(attribute, message));
            continue;
        };
        let parser = |input: ParseStream<'_>| {
            keys::each(input, &mut found, |key, input, _| read(key, input));
            Ok(())
        };
        if let Err(error) = attribute.parse_args_with(parser) {
            found.push(error);
        }
    }
    errors.take_over(found)
}
