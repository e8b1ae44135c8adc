//! Messages to and from other nodes, in the format of `RactorClusterMessage`.

use proc_macro2::TokenStream;
use quote::{quote, quote_spanned};
use syn::spanned::Spanned as _;

use super::{Field, Message, Port, Variant};

/// What `ractor::Message` has for it.
pub(super) fn methods(message: &Message) -> TokenStream {
    if message.variants.is_empty() {
        // No message is ever sent.
        return TokenStream::new();
    }
    let out = message.variants.iter().map(out_arm);
    let into = message.variants.iter().map(in_arm);
    quote! {
        fn serializable() -> bool {
            true
        }
        fn serialize(self) -> ::core::result::Result<
            __arsenal::ractor::message::SerializedMessage,
            __arsenal::ractor::message::BoxedDowncastErr,
        > {
            ::core::result::Result::Ok(match self { #(#out)* })
        }
        fn deserialize(
            __message: __arsenal::ractor::message::SerializedMessage,
        ) -> ::core::result::Result<Self, __arsenal::ractor::message::BoxedDowncastErr> {
            let (__variant, mut __fields) = __arsenal::split_message(__message)?;
            match (__variant.as_str(), __fields.is_call()) {
                #(#into)*
                _ => ::core::result::Result::Err(__arsenal::ractor::message::BoxedDowncastErr),
            }
        }
    }
}

fn out_arm(variant: &Variant) -> TokenStream {
    let Variant { ident, path, fields, port, .. } = variant;
    let name = ident.to_string();
    let fields_in = fields.iter().map(|Field { member, binding, .. }| quote!(#member: #binding));
    let port_in = port.iter().map(|Port { member, binding, .. }| quote!(#member: #binding));
    let written = fields.iter().map(|Field { binding, ty, .. }| {
        let field = quote_spanned!(ty.span() => field);
        quote!(.#field::<#ty>(#binding))
    });
    let sent = match port {
        None => quote!(cast(#name)),
        Some(Port { binding, reply, .. }) => {
            let call = quote_spanned!(reply.span() => call);
            quote!(#call::<#reply>(#name, #binding))
        }
    };
    quote! {
        #path { #(#fields_in,)* #(#port_in)* } => {
            __arsenal::WireWriter::default()#(#written)*.#sent
        }
    }
}

/// The port comes last: its task starts only for a message that is complete.
fn in_arm(variant: &Variant) -> TokenStream {
    let Variant { ident, path, fields, port, .. } = variant;
    let name = ident.to_string();
    let is_call = port.is_some();
    let read = fields.iter().map(|Field { binding, ty, .. }| {
        let field = quote_spanned!(ty.span() => field);
        quote!(let #binding = __fields.#field::<#ty>()?;)
    });
    let members = fields.iter().map(|Field { member, binding, .. }| quote!(#member: #binding));
    let port = port.iter().map(|Port { member, reply, .. }| {
        let port = quote_spanned!(reply.span() => port);
        quote!(#member: __fields.#port::<#reply>()?)
    });
    quote! {
        (#name, #is_call) => {
            #(#read)*
            __fields.finish()?;
            ::core::result::Result::Ok(#path { #(#members,)* #(#port)* })
        }
    }
}
