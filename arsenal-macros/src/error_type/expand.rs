//! An error type as core sees it: its cases as a constant, and the way into an `OperationError`.

use proc_macro2::TokenStream;
use quote::{ToTokens, quote, quote_spanned};
use syn::spanned::Spanned as _;

use super::check::{Case, ErrorType, Kind, Own};
use crate::parameter_tokens::{optional, own};

/// Both implementations.
pub(super) fn expand(error: &ErrorType) -> TokenStream {
    let ErrorType { ident, core, cases } = error;
    let core = core.as_ref().map_or_else(|| quote!(::arsenal_core), |core| quote!(#core));
    let codes = own_cases(cases).enumerate().map(|(index, own)| code(index, own));
    let entries = own_cases(cases).enumerate().map(|(index, own)| entry(index, own));
    let passed = cases.iter().filter_map(passed_cases);
    let conversion = conversion(error);
    quote! {
        const _: () = {
            use #core::__private as __arsenal;
            const __PACKAGE: &str = ::core::env!("CARGO_PKG_NAME");
            #(#codes)*
            #[automatically_derived]
            impl __arsenal::ErrorCases for #ident {
                const CASES: &'static [__arsenal::ErrorCase] = {
                    const LISTS: &[&[__arsenal::ErrorCase]] = &[&[#(#entries),*], #(#passed),*];
                    const ALL: [__arsenal::ErrorCase; __arsenal::count_cases(LISTS)] =
                        __arsenal::join_cases(LISTS);
                    &ALL
                };
                fn into_error(self) -> __arsenal::OperationError {
                    #conversion
                }
            }
            #[automatically_derived]
            impl ::core::convert::From<#ident> for __arsenal::OperationError {
                fn from(__error: #ident) -> Self {
                    __arsenal::ErrorCases::into_error(__error)
                }
            }
        };
    }
}

fn own_cases(cases: &[Case]) -> impl Iterator<Item = &Own> {
    cases.iter().filter_map(|case| if let Kind::Own(own) = &case.kind { Some(own) } else { None })
}

fn code_name(index: usize) -> proc_macro2::Ident {
    own(&format!("__CODE_{index}"))
}

/// `<crate>.<code>`, put together by the compiler: only it knows the package.
fn code(index: usize, own: &Own) -> TokenStream {
    let name = code_name(index);
    let code = &own.code;
    quote! {
        const #name: &str = {
            const BUFFER: __arsenal::CodeBuffer<{ __PACKAGE.len() + 1 + #code.len() }> =
                __arsenal::CodeBuffer::new(__PACKAGE, #code);
            BUFFER.as_str()
        };
    }
}

fn entry(index: usize, own: &Own) -> TokenStream {
    let name = code_name(index);
    let Own { status, description, .. } = own;
    quote!(__arsenal::ErrorCase { code: #name, status: #status, description: #description })
}

fn passed_cases(case: &Case) -> Option<TokenStream> {
    let Kind::Transparent { ty, .. } = &case.kind else { return None };
    let cases = quote_spanned!(ty.span() => __arsenal::ErrorCases);
    Some(quote!(<#ty as #cases>::CASES))
}

/// What an error becomes. The type is used as an error in one place only, so that rustc says once
/// where it is none.
fn conversion(error: &ErrorType) -> TokenStream {
    let ErrorType { ident, cases, .. } = error;
    let has_own = own_cases(cases).next().is_some();
    let mut codes = (0..).map(code_name);
    let arms: TokenStream = cases
        .iter()
        .map(|Case { variant, kind }| {
            let variant = variant.iter();
            let case = quote!(#ident #(::#variant)*);
            match kind {
                Kind::Transparent { member, ty } => {
                    let cases = quote_spanned!(ty.span() => __arsenal::ErrorCases);
                    let passed = quote!(<#ty as #cases>::into_error(__inner));
                    let passed = if has_own { quote!(return #passed) } else { passed };
                    quote!(#case { #member: __inner } => #passed,)
                }
                Kind::Own(Own { status, suggestion, .. }) => {
                    let code = codes.next();
                    let suggestion = optional(suggestion.as_ref().map(ToTokens::to_token_stream));
                    quote!(#case { .. } => (#code, #status, #suggestion),)
                }
            }
        })
        .collect();
    if !has_own {
        return quote!(match self { #arms });
    }
    let own_error = quote_spanned!(ident.span() => __arsenal::own_error::<#ident>);
    quote! {
        let (__code, __status, __suggestion) = match self { #arms };
        #own_error(self, __code, __status, __suggestion)
    }
}
