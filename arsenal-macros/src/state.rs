//! `#[derive(ArsenalState)]`: the state of an actor, offered as JSON.

use proc_macro2::TokenStream;
use quote::{ToTokens, quote, quote_spanned};
use syn::{Attribute, DeriveInput, Meta, Path, parse::ParseStream, spanned::Spanned as _};

use crate::{errors::Errors, expected, keys};

const KEYS: &[&str] = &["crate"];

/// The registration, or everything that is wrong.
pub(crate) fn expand(item: TokenStream) -> TokenStream {
    let input: DeriveInput = match syn::parse2(item) {
        Ok(input) => input,
        Err(error) => return error.to_compile_error(),
    };
    let mut errors = Errors::new();
    if let Some(parameter) = input.generics.params.first() {
        let message = "a state that is offered has no generic parameters: \
                       an actor is asked what its state is by its one type";
        errors.at(parameter.span(), message);
    }
    let krate = krate(&input.attrs, &mut errors);
    if let Err(errors) = errors.finish() {
        return errors;
    }
    tokens(&input, krate.as_ref())
}

/// `#[state(crate = path)]`.
fn krate(attributes: &[Attribute], errors: &mut Errors) -> Option<Path> {
    let mut krate = None;
    for attribute in attributes.iter().filter(|it| it.path().is_ident("state")) {
        let Meta::List(_) = &attribute.meta else {
            let message = "expected keys, as in `#[state(crate = path)]`";
            errors.push(syn::Error::new_spanned(attribute, message));
            continue;
        };
        let mut found = Errors::new();
        let parser = |input: ParseStream<'_>| {
            keys::each(input, &mut found, |key, input, _| match key.to_string().as_str() {
                "crate" => keys::set(&mut krate, key, keys::value(input)?),
                _ => Err(expected::unknown("key", key, KEYS)),
            });
            Ok(())
        };
        if let Err(error) = attribute.parse_args_with(parser) {
            found.push(error);
        }
        errors.take_over(found);
    }
    krate
}

fn tokens(input: &DeriveInput, krate: Option<&Path>) -> TokenStream {
    let ident = &input.ident;
    let cluster = krate.map_or_else(|| quote!(::arsenal_cluster), ToTokens::to_token_stream);
    // What the type does not implement is reported at its name.
    let schema = quote_spanned!(ident.span() => __arsenal::schema_alone::<#ident>);
    let encode = quote_spanned!(ident.span() => __arsenal::encode_state::<#ident>);
    quote! {
        const _: () = {
            use #cluster::__private as __arsenal;
            static __SPEC: __arsenal::StateSpec = __arsenal::StateSpec {
                type_id: ::core::any::TypeId::of::<#ident>,
                type_name: ::core::any::type_name::<#ident>,
                schema_of: #schema,
                to_json: #encode,
            };
            __arsenal::inventory::submit! { __arsenal::StateRegistration(&__SPEC) }
        };
    }
}
