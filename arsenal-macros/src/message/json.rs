//! Messages from JSON: what each variant is made of, and the message made from it.

use proc_macro2::{Literal, TokenStream};
use quote::{format_ident, quote, quote_spanned};
use syn::{Attribute, Ident, Member, spanned::Spanned as _};

use super::{Field, Message, Variant};
use crate::parameter_tokens::optional;

/// The implementation, and the structs that stand for fields with names.
pub(super) fn implementation(message: &Message) -> TokenStream {
    let ident = &message.ident;
    let offered = message.variants.iter().enumerate().filter(|(_, variant)| variant.is_offered);
    let structs = offered.clone().filter_map(|(_, variant)| payload_struct(variant));
    let arms = offered.map(|(index, variant)| arm(index, variant));
    quote! {
        #(#structs)*
        #[automatically_derived]
        impl __arsenal::JsonMessage for #ident {
            const SPEC: &'static __arsenal::MessageSpec = &__SPEC;
            fn from_payload(
                __variant: usize,
                __payload: __arsenal::Payload<'_>,
                __replies: &mut __arsenal::Replies,
            ) -> ::core::result::Result<Self, __arsenal::MessageError> {
                match __variant {
                    #(#arms)*
                    _ => ::core::unreachable!("only what is offered is read"),
                }
            }
        }
    }
}

/// How messages of the type come from JSON to actors.
pub(super) fn ways(message: &Message) -> TokenStream {
    let Message { ident, is_enum, .. } = message;
    quote! {
        __arsenal::MessageJson {
            is_tagged: #is_enum,
            send: __arsenal::send_message::<#ident>,
            call: __arsenal::call_message::<#ident>,
        }
    }
}

/// What one variant is made of.
pub(super) fn variant(variant: &Variant) -> TokenStream {
    let payload = payload_type(variant);
    let payload = optional(payload.map(|(ty, span)| {
        let schema = quote_spanned!(span => __arsenal::schema_within);
        quote!(#schema::<#ty>)
    }));
    let reply = optional(variant.port.as_ref().map(|port| {
        let reply = &port.reply;
        let schema = quote_spanned!(reply.span() => __arsenal::schema_alone);
        quote!(#schema::<#reply>)
    }));
    quote!(__arsenal::VariantJson { payload: #payload, reply: #reply })
}

/// The type that the fields are read as, and where a mistake with it is reported; `None` without
/// fields.
fn payload_type(variant: &Variant) -> Option<(TokenStream, proc_macro2::Span)> {
    let types = variant.fields.iter().map(|field| &field.ty);
    let first = variant.fields.first()?;
    let span = first.ty.span();
    if has_names(variant) {
        let name = struct_name(variant);
        return Some((quote!(#name), span));
    }
    match variant.fields.as_slice() {
        [Field { ty, .. }] => Some((quote!(#ty), span)),
        _ => Some((quote!((#(#types),*)), span)),
    }
}

fn has_names(variant: &Variant) -> bool {
    matches!(variant.fields.first(), Some(Field { member: Member::Named(_), .. }))
}

fn struct_name(variant: &Variant) -> Ident {
    format_ident!("__{}", variant.ident)
}

/// The fields with names as a struct without the port.
fn payload_struct(variant: &Variant) -> Option<TokenStream> {
    if !has_names(variant) {
        return None;
    }
    let name = struct_name(variant);
    let expecting = format!("the fields of `{}`", variant.name);
    let fields = variant.fields.iter().map(|Field { member, ty, attributes, .. }| {
        let attributes = attributes.iter().filter(|attribute| is_kept(attribute));
        quote!(#(#attributes)* #member: #ty)
    });
    Some(quote! {
        #[derive(__arsenal::serde::Deserialize, __arsenal::schemars::JsonSchema)]
        #[serde(crate = "__arsenal::serde", deny_unknown_fields, expecting = #expecting)]
        #[schemars(crate = "__arsenal::schemars", inline)]
        struct #name { #(#fields),* }
    })
}

/// What says how a field is read and described.
fn is_kept(attribute: &Attribute) -> bool {
    ["doc", "serde", "schemars"].iter().any(|kept| attribute.path().is_ident(kept))
}

/// The message of one variant.
fn arm(index: usize, variant: &Variant) -> TokenStream {
    let index = Literal::usize_unsuffixed(index);
    let Variant { path, fields, port, .. } = variant;
    let read = read(variant);
    let members = fields.iter().map(|field| &field.member);
    let bindings = fields.iter().map(|field| &field.binding);
    let port = port.iter().map(|port| {
        let (member, reply) = (&port.member, &port.reply);
        let new = quote_spanned!(reply.span() => port);
        quote!(#member: __replies.#new::<#reply>())
    });
    quote! {
        #index => {
            #read
            ::core::result::Result::Ok(#path { #(#members: #bindings,)* #(#port)* })
        }
    }
}

fn read(variant: &Variant) -> TokenStream {
    let Some((ty, span)) = payload_type(variant) else {
        return quote!(__payload.nothing()?;);
    };
    let bindings = variant.fields.iter().map(|field| &field.binding);
    let pattern = if has_names(variant) {
        let members = variant.fields.iter().map(|field| &field.member);
        quote!(#ty { #(#members: #bindings),* })
    } else if variant.fields.len() == 1 {
        quote!(#(#bindings)*)
    } else {
        quote!((#(#bindings),*))
    };
    let value = quote_spanned!(span => value);
    quote!(let #pattern = __payload.#value::<#ty>()?;)
}
