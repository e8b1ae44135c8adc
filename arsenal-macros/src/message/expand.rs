//! The implementations. Data only: all logic is in the library, behind `__private`.

use proc_macro2::{Ident, Literal, TokenStream};
use quote::{ToTokens, quote, quote_spanned};

use super::{Message, Variant, json, wire};
use crate::parameter_tokens::optional;

pub(super) fn expand(message: &Message) -> TokenStream {
    let Message { ident, generics, keys, .. } = message;
    let (parameters, arguments, conditions) = generics.split_for_impl();
    let cluster = keys.krate.as_ref();
    let cluster = cluster.map_or_else(|| quote!(::arsenal_cluster), ToTokens::to_token_stream);
    let wire = keys.cluster.as_ref().map(|_| wire::methods(message));
    let own = own_methods(message);
    // A type with parameters is many types, none of which is known here.
    let known = generics.params.is_empty().then(|| registration(message));
    quote! {
        const _: () = {
            use #cluster::__private as __arsenal;
            #[automatically_derived]
            impl #parameters __arsenal::ractor::Message for #ident #arguments #conditions {
                #[inline]
                fn box_message(
                    self,
                    __pid: &__arsenal::ractor::ActorId,
                ) -> ::core::result::Result<
                    __arsenal::ractor::message::BoxedMessage,
                    __arsenal::ractor::message::BoxedDowncastErr,
                > {
                    __arsenal::box_message(self, __pid)
                }
                #[allow(clippy::inline_always)]
                #[inline(always)]
                fn from_boxed(
                    __boxed: __arsenal::ractor::message::BoxedMessage,
                ) -> ::core::result::Result<Self, __arsenal::ractor::message::BoxedDowncastErr> {
                    __arsenal::from_boxed(__boxed)
                }
                #wire
            }
            #[automatically_derived]
            impl #parameters __arsenal::ArsenalMessage for #ident #arguments #conditions {
                #own
            }
            #known
        };
    }
}

fn own_methods(message: &Message) -> TokenStream {
    let names = message.variants.iter().map(|variant| &variant.name);
    let variant = if message.variants.is_empty() {
        quote!(match *self {})
    } else {
        let arms = message.variants.iter().enumerate().map(|(index, Variant { path, .. })| {
            let index = Literal::usize_unsuffixed(index);
            quote!(#path { .. } => #index)
        });
        quote!(match self { #(#arms),* })
    };
    let show = message.keys.show.as_ref().map(show);
    quote! {
        const VARIANTS: &'static [&'static str] = &[#(#names),*];
        #[inline]
        fn variant(&self) -> u16 {
            #variant
        }
        #show
    }
}

/// At the key, so that a missing `Debug` is reported there.
fn show(key: &Ident) -> TokenStream {
    let this = quote_spanned!(key.span() => self);
    quote! {
        fn show(&#this) -> ::core::option::Option<&dyn ::core::fmt::Debug> {
            ::core::option::Option::Some(#this)
        }
    }
}

/// What is known of the type, and that it is.
fn registration(message: &Message) -> TokenStream {
    let Message { ident, keys, description, .. } = message;
    let is_shown = keys.show.is_some();
    let has_json = keys.json.is_some();
    let json = has_json.then(|| json::implementation(message));
    let variants = message.variants.iter().map(|variant| {
        let Variant { name, description, port, is_offered, .. } = variant;
        let is_call = port.is_some();
        let json = (has_json && *is_offered).then(|| json::variant(variant));
        let json = optional(json);
        quote! {
            __arsenal::VariantSpec {
                name: #name,
                description: #description,
                is_call: #is_call,
                json: #json,
            }
        }
    });
    let ways = optional(has_json.then(|| json::ways(message)));
    quote! {
        #json
        static __SPEC: __arsenal::MessageSpec = __arsenal::MessageSpec {
            type_id: ::core::any::TypeId::of::<#ident>,
            type_name: ::core::any::type_name::<#ident>,
            description: #description,
            variants: &[#(#variants),*],
            is_shown: #is_shown,
            json: #ways,
        };
        __arsenal::inventory::submit! { __arsenal::MessageRegistration(&__SPEC) }
    }
}
