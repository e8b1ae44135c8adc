//! Whether a type can be a message, and what each of its variants is.

use proc_macro2::{Ident, TokenStream};
use quote::quote;
use syn::{
    Attribute, Data, DeriveInput, Fields, GenericArgument, PathArguments, Type, ext::IdentExt as _,
    spanned::Spanned as _,
};

use super::{
    Field, Message, Port, Variant,
    attribute::{self, TypeKeys},
};
use crate::{
    docs, errors::Errors, parameter::is_last_segment, parameter_tokens::own, snake_case::snake_case,
};

/// The type of ports, by the last segment of its path.
const PORT: &str = "RpcReplyPort";

/// `None` only after a mistake was reported.
pub(super) fn check(input: DeriveInput, errors: &mut Errors) -> Option<Message> {
    let DeriveInput { attrs, ident, generics, data, .. } = input;
    let keys = TypeKeys::read(&attrs, errors);
    if let (Some(json), Some(_)) = (&keys.json, generics.params.first()) {
        let message = "`json` is for types without generic parameters: \
                       an actor is asked what its messages are by their one type";
        errors.at(json.span(), message);
    }
    let is_enum = matches!(data, Data::Enum(_));
    let variants = match data {
        Data::Union(data) => {
            errors.at(data.union_token.span, "a message is an enum or a struct, not a union");
            return None;
        }
        Data::Struct(data) => vec![variant(
            &Place { ident: &ident, attributes: &attrs, path: quote!(Self), skip: None },
            data.fields,
            &keys,
            errors,
        )],
        Data::Enum(data) => {
            let each = data.variants.into_iter();
            each.map(|it| enum_variant(it, &keys, errors)).collect()
        }
    };
    check_offers(&keys, &variants, errors);
    let description = docs::text(&attrs);
    Some(Message { ident, generics, keys, description, is_enum, variants })
}

/// A variant, or the struct that takes its place.
struct Place<'a> {
    ident: &'a Ident,
    attributes: &'a [Attribute],
    path: TokenStream,
    skip: Option<Ident>,
}

fn enum_variant(variant_of: syn::Variant, keys: &TypeKeys, errors: &mut Errors) -> Variant {
    let syn::Variant { attrs, ident, fields, .. } = variant_of;
    let skip = attribute::skip(&attrs, errors);
    if let (Some(skip), None, false) = (&skip, &keys.json, keys.is_broken) {
        let message = "`skip` keeps a variant out of JSON, and this type is not offered as JSON: \
                       `#[message(json)]` on it does that";
        errors.at(skip.span(), message);
    }
    let path = quote!(Self::#ident);
    variant(&Place { ident: &ident, attributes: &attrs, path, skip }, fields, keys, errors)
}

fn variant(place: &Place<'_>, fields: Fields, keys: &TypeKeys, errors: &mut Errors) -> Variant {
    let Place { ident, attributes, path, skip } = place;
    let is_offered = skip.is_none();
    // Only these two put the message together, for which every port has a meaning.
    let is_built = keys.cluster.is_some() || keys.json.is_some() && is_offered;
    let (mut others, mut port) = (Vec::new(), None);
    let members: Vec<_> = fields.members().collect();
    for (index, (member, field)) in members.into_iter().zip(fields).enumerate() {
        attribute::refuse(&field.attrs, errors);
        let binding = own(&format!("__field_{index}"));
        let is_port = is_last_segment(&field.ty, PORT);
        if is_port && (is_built || port.is_none()) {
            if port.is_some() {
                errors.at(field.ty.span(), "a variant has one port: a message has one reply");
            } else if let Some(reply) = reply(&field.ty, is_built, errors) {
                port = Some(Port { member, binding, reply });
            }
        } else {
            others.push(Field { member, binding, ty: field.ty, attributes: field.attrs });
        }
    }
    check_rpc(attributes, port.is_some(), errors);
    Variant {
        ident: (*ident).clone(),
        name: snake_case(&ident.unraw().to_string()),
        description: docs::text(attributes),
        path: path.clone(),
        fields: others,
        port,
        is_offered,
    }
}

/// The type of the replies that a port takes.
fn reply(port: &Type, is_needed: bool, errors: &mut Errors) -> Option<Type> {
    let Type::Path(path) = port else { return None };
    let arguments = path.path.segments.last().map(|segment| &segment.arguments);
    if let Some(PathArguments::AngleBracketed(arguments)) = arguments
        && let Some(GenericArgument::Type(reply)) = arguments.args.first()
    {
        return Some(reply.clone());
    }
    if is_needed {
        errors.at(port.span(), "expected the type of the reply, as in `RpcReplyPort<u64>`");
    }
    None
}

/// `#[rpc]` is of `RactorClusterMessage`; here the port says it.
fn check_rpc(attributes: &[Attribute], has_port: bool, errors: &mut Errors) {
    let rpc = attributes.iter().find(|attribute| attribute.path().is_ident("rpc"));
    if let (Some(rpc), false) = (rpc, has_port) {
        let message = "a call has a field for its reply, an `RpcReplyPort<…>`";
        errors.push(syn::Error::new_spanned(rpc, message));
    }
}

fn check_offers(keys: &TypeKeys, variants: &[Variant], errors: &mut Errors) {
    let Some(json) = &keys.json else { return };
    let mut offered: Vec<&Variant> = Vec::new();
    for variant in variants.iter().filter(|variant| variant.is_offered) {
        if let Some(twin) = offered.iter().find(|other| other.name == variant.name) {
            let Variant { ident, name, .. } = variant;
            let message = format!("`{ident}` and `{}` are both `{name}` in JSON", twin.ident);
            errors.at(ident.span(), message);
        }
        offered.push(variant);
    }
    if offered.is_empty() {
        errors.at(json.span(), "`json` offers nothing here: no variant can be made from it");
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use syn::parse_quote;

    fn mistakes(input: DeriveInput) -> String {
        let mut errors = Errors::new();
        check(input, &mut errors);
        errors.finish().err().map(|tokens| tokens.to_string()).unwrap_or_default()
    }

    #[test]
    fn every_mistake_is_found_in_one_go() {
        let text = mistakes(parse_quote! {
            #[message(jsn, json, json)]
            #[message]
            enum Message<T> {
                #[rpc]
                NoPort(T),
                #[message(json)]
                OnTheType,
                Two(RpcReplyPort<u8>, RpcReplyPort<u8>),
                Bare(RpcReplyPort),
                SoldOut,
                Sold_out { #[message(skip)] field: u8 },
            }
        });
        for expected in [
            "unknown key `jsn`; did you mean `json`?",
            "`json` is given more than once",
            "expected keys, as in `#[message(json)]`",
            "without generic parameters",
            "a call has a field for its reply",
            "`json` stands on the type",
            "a variant has one port",
            "expected the type of the reply",
            "`Sold_out` and `SoldOut` are both `sold_out` in JSON",
            "not on a field",
        ] {
            assert!(text.contains(expected), "{expected}: {text}");
        }
        assert_eq!(text.matches("compile_error").count(), 10);
    }

    #[test]
    fn what_is_sent_locally_only_may_have_any_ports() {
        let text = mistakes(parse_quote! {
            enum Message {
                Two(RpcReplyPort<u8>, RpcReplyPort<u8>),
            }
        });
        assert_eq!(text, "");
    }
}
