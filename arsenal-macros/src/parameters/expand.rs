//! The implementations. Data only: all logic is in core, behind `__private`.

use proc_macro2::TokenStream;
use quote::{ToTokens, quote};
use syn::ext::IdentExt as _;

use super::Struct;
use crate::parameter_tokens::{marker_items, nested, own, rows, slots_in};

pub(super) fn expand(subject: &Struct) -> TokenStream {
    let Struct { ident, core, description, parameters, .. } = subject;
    let core = core.as_ref().map_or_else(|| quote!(::arsenal_core), |core| quote!(#core));
    let name = ident.unraw().to_string();
    let markers = parameters.iter().map(marker_items);
    let (rows, slots) = (rows(parameters), slots(subject, &core));
    quote! {
        #[automatically_derived]
        const _: () = {
            use #core::__private as __arsenal;
            #(#markers)*
            #rows
            #slots
            const __PARAMETERS: [__arsenal::Parameter; __arsenal::count(__ROWS)] =
                __arsenal::table(__ROWS);
            impl __arsenal::Parameters for #ident {
                type Slots<__P: __arsenal::Place> = __Slots<__P>;
                const NAME: &'static str = #name;
                const PARAMETERS: &'static [__arsenal::Parameter] = &__PARAMETERS;
            }
            impl<'de> #core::serde::Deserialize<'de> for #ident {
                fn deserialize<__D: #core::serde::Deserializer<'de>>(
                    deserializer: __D,
                ) -> ::core::result::Result<Self, __D::Error> {
                    __arsenal::deserialize::<Self, __D>(deserializer)
                }
            }
            impl #core::schemars::JsonSchema for #ident {
                fn schema_name() -> __arsenal::Cow<'static, str> {
                    __arsenal::Cow::Borrowed(#name)
                }
                fn schema_id() -> __arsenal::Cow<'static, str> {
                    __arsenal::Cow::Borrowed(::core::concat!(::core::module_path!(), "::", #name))
                }
                fn json_schema(generator: &mut __arsenal::SchemaGenerator) -> __arsenal::Schema {
                    __arsenal::object_schema::<Self>(generator, #description)
                }
            }
            impl __arsenal::Inspect for #ident {
                fn inspect(
                    json: &__arsenal::RawValue,
                    inspection: &mut __arsenal::Inspection,
                ) {
                    __arsenal::inspect::<Self>(json, inspection)
                }
            }
        };
    }
}

/// The slots as a type of the struct's own visibility: it hides the markers and the types of the
/// fields, which may be private.
fn slots(subject: &Struct, core: &TokenStream) -> TokenStream {
    let Struct { ident, visibility, parameters, .. } = subject;
    let list = slots_in(parameters, |_| quote!(__P));
    let fields: Vec<_> = parameters.iter().map(|parameter| &parameter.ident).collect();
    let values: Vec<_> = (0..fields.len()).map(|index| own(&format!("__value_{index}"))).collect();
    let pattern = nested(values.iter().map(ToTokens::to_token_stream));
    quote! {
        #visibility struct __Slots<__P: __arsenal::Place>(#list, ::core::marker::PhantomData<fn(__P)>);
        impl<__P: __arsenal::Place> __arsenal::Slots for __Slots<__P> {
            #[inline]
            fn read_texts(
                &mut self,
                index: usize,
                texts: __arsenal::Texts<'_>,
            ) -> ::core::result::Result<(), __arsenal::TextError> {
                self.0.read_texts(index, texts)
            }
            fn read_body(
                &mut self,
                index: usize,
                body: &[u8],
            ) -> ::core::result::Result<(), __arsenal::JsonError> {
                self.0.read_body(index, body)
            }
            fn read_object(
                &mut self,
                fields: __arsenal::Fields<'_>,
                json: &[u8],
            ) -> ::core::result::Result<(), __arsenal::JsonError> {
                self.0.read_object(fields, json)
            }
            fn inspector(&self, index: usize) -> ::core::option::Option<__arsenal::Inspector> {
                self.0.inspector(index)
            }
            fn clear(&mut self) {
                self.0.clear()
            }
            #[inline]
            fn settle(
                &mut self,
                index: usize,
                parameters: &[__arsenal::Parameter],
                report: &mut __arsenal::Report,
            ) {
                self.0.settle(index, parameters, report)
            }
        }
        impl<__P: __arsenal::Place> __arsenal::Typed for __Slots<__P> {
            type Values = #ident;
            const EMPTY: Self =
                Self(<#list as __arsenal::Typed>::EMPTY, ::core::marker::PhantomData);
            const COUNT: usize = <#list as __arsenal::Typed>::COUNT;
            #[inline]
            fn read_field<'de, __M: #core::serde::de::MapAccess<'de>>(
                &mut self,
                index: usize,
                map: &mut __M,
            ) -> ::core::result::Result<(), __M::Error> {
                self.0.read_field(index, map)
            }
            #[inline]
            fn into_values(self) -> #ident {
                let #pattern = __arsenal::Typed::into_values(self.0);
                #ident { #(#fields: #values),* }
            }
        }
    }
}
