//! Whether the fields of a struct can be parameters.

use proc_macro2::{Group, Ident, Span, TokenStream, TokenTree};
use quote::ToTokens as _;
use syn::{
    Attribute, Data, DeriveInput, Field, Fields, FieldsNamed, Path, parse::ParseStream,
    parse::Parser as _, spanned::Spanned as _,
};

use super::{Struct, serde_attributes};
use crate::{
    docs,
    errors::Errors,
    expected, keys, param,
    parameter::{self, Parameter, Place},
    signature::unowned,
};

/// `None` only after a mistake was reported.
pub(super) fn check(input: DeriveInput, errors: &mut Errors) -> Option<Struct> {
    let DeriveInput { attrs, vis, ident, generics, data, .. } = input;
    if let Some(generic) = generics.params.first() {
        let message =
            "a struct of parameters has no generic parameters: its fields stand in a table";
        errors.at(generic.span(), message);
    }
    let core = core(&attrs, errors);
    serde_attributes::check_struct(&attrs, errors);
    let fields = named_fields(data, &ident, errors)?;
    let fields = fields.named.into_iter().filter_map(|field| parameter(field, &ident, errors));
    let parameters: Vec<Parameter> = fields.collect();
    parameter::check_names(&parameters, errors);
    parameter::check_rules(&parameters, errors);
    let description = docs::text(&attrs);
    Some(Struct { ident, visibility: vis, core, description, parameters })
}

fn named_fields(data: Data, ident: &Ident, errors: &mut Errors) -> Option<FieldsNamed> {
    let (span, found) = match data {
        Data::Struct(data) => match data.fields {
            Fields::Named(fields) => return Some(fields),
            Fields::Unnamed(fields) => (fields.span(), "fields without names"),
            Fields::Unit => (ident.span(), "no fields"),
        },
        Data::Enum(data) => (data.enum_token.span(), "variants"),
        Data::Union(data) => (data.union_token.span(), "overlapping fields"),
    };
    let message = format!(
        "`Parameters` is for structs with named fields, and `{ident}` has {found}; as the type of \
         one argument or field it derives `serde::Deserialize` and `schemars::JsonSchema`"
    );
    errors.at(span, message);
    None
}

fn parameter(field: Field, subject: &Ident, errors: &mut Errors) -> Option<Parameter> {
    let Field { attrs, ident, ty, .. } = field;
    let ident = ident?;
    // What is said of a field moves to another type, where `Self` would be that one.
    let ty = errors.keep(syn::parse2(named(subject, ty.to_token_stream())))?;
    if let Some((span, message)) = unowned(&ty, "a struct of parameters") {
        errors.at(span, message);
    }
    let mut param = param::read(&attrs, false, errors);
    for value in [&mut param.default, &mut param.example].into_iter().flatten() {
        *value = errors.keep(syn::parse2(named(subject, value.to_token_stream())))?;
    }
    let name = parameter::wire_name(&ident, &param);
    serde_attributes::check_field(&attrs, &name, &param, errors);
    let description = docs::text(&attrs);
    Some(Parameter { ident, ty, name, place: Place::Body, description, param })
}

/// The tokens with the name of the struct for `Self`.
fn named(subject: &Ident, tokens: TokenStream) -> TokenStream {
    let tokens = tokens.into_iter().map(|token| match token {
        TokenTree::Ident(word) if word == "Self" => {
            TokenTree::Ident(with_span(subject, word.span()))
        }
        TokenTree::Group(group) => {
            let inner = named(subject, group.stream());
            let mut new = Group::new(group.delimiter(), inner);
            new.set_span(group.span());
            TokenTree::Group(new)
        }
        other @ (TokenTree::Ident(_) | TokenTree::Punct(_) | TokenTree::Literal(_)) => other,
    });
    tokens.collect()
}

fn with_span(ident: &Ident, span: Span) -> Ident {
    let mut ident = ident.clone();
    ident.set_span(span);
    ident
}

/// `#[param(crate = path)]` of the struct.
fn core(attributes: &[Attribute], errors: &mut Errors) -> Option<Path> {
    let mut core = None;
    for attribute in attributes.iter().filter(|attribute| attribute.path().is_ident("param")) {
        let Some(list) = errors.keep(attribute.meta.require_list().cloned()) else { continue };
        let parser = |input: ParseStream<'_>| {
            keys::each(input, errors, |key, input, _| {
                if key == "crate" {
                    keys::set(&mut core, key, keys::value(input)?)
                } else {
                    Err(expected::unknown("key", key, &["crate"]))
                }
            });
            Ok(())
        };
        let result = parser.parse2(list.tokens);
        errors.keep(result);
    }
    core
}
