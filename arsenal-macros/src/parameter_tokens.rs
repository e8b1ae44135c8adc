//! What one parameter becomes: a marker type, a slot in the type list, an entry in the table.

use proc_macro2::{Ident, Span, TokenStream};
use quote::{format_ident, quote, quote_spanned};
use syn::{Expr, ExprLit, Lit, ext::IdentExt as _, spanned::Spanned as _};

use crate::{
    param::Bounds,
    parameter::{Parameter, Place, whole_number},
};

/// An identifier of the expansion's own, out of the user's reach.
pub(crate) fn own(name: &str) -> Ident {
    Ident::new(name, Span::mixed_site())
}

/// The marker type of an argument. An `enum`, since a unit struct is a value as well and would
/// capture the patterns of closures.
pub(crate) fn marker(ident: &Ident) -> Ident {
    format_ident!("__{}", ident.unraw(), span = Span::mixed_site())
}

/// Things as a list of types or patterns: `(a, (b, ()))`.
pub(crate) fn nested(items: impl DoubleEndedIterator<Item = TokenStream>) -> TokenStream {
    items.rev().fold(quote!(()), |rest, item| quote!((#item, #rest)))
}

/// The marker type with everything that is asked of the argument's type. The type is spelled with
/// the user's tokens, so that rustc's message stands there.
pub(crate) fn marker_items(parameter: &Parameter) -> TokenStream {
    let (marker, ty, param) = (marker(&parameter.ident), &parameter.ty, &parameter.param);
    let default = param.default.as_ref().map(|default| {
        let default = literal(default);
        quote! {
            fn default() -> ::core::option::Option<#ty> {
                let value: #ty = #default;
                ::core::option::Option::Some(value)
            }
        }
    });
    let asked = [
        ("Defaulted", param.default.is_some()),
        ("RangeOf", param.range.is_some()),
        ("LengthOf", param.length.is_some()),
        ("PatternOf", param.pattern.is_some()),
    ];
    let asked = asked.iter().filter(|(_, is_asked)| *is_asked).map(|(name, _)| {
        let name = own(name);
        quote!(impl __arsenal::#name for #marker { type Value = #ty; })
    });
    let pattern = param.pattern.as_ref().map(|pattern| {
        let name = pattern_name(parameter);
        quote!(static #name: __arsenal::Pattern = __arsenal::Pattern::new(#pattern);)
    });
    quote! {
        enum #marker {}
        impl __arsenal::Named for #marker { type Value = #ty; #default }
        #(#asked)*
        #pattern
    }
}

/// The type of the argument's slot.
pub(crate) fn slot(parameter: &Parameter) -> TokenStream {
    let (marker, param) = (marker(&parameter.ident), &parameter.param);
    let place = own(match parameter.place {
        Place::Path | Place::Query | Place::Header => "Text",
        Place::Body => "Field",
        Place::WholeBody => "Whole",
    });
    let tests = [
        ("InRange", param.range.is_some()),
        ("OfLength", param.length.is_some()),
        ("Matching", param.pattern.is_some()),
    ];
    let held = quote!(__arsenal::Held<#marker, __arsenal::#place>);
    tests.iter().filter(|(_, is_asked)| *is_asked).fold(held, |slot, (test, _)| {
        let test = own(test);
        quote!(__arsenal::Checked<__arsenal::#test<#marker>, #slot>)
    })
}

/// The argument's entry in the table of parameters.
pub(crate) fn entry(parameter: &Parameter) -> TokenStream {
    let Parameter { name, description, param, .. } = parameter;
    let marker = marker(&parameter.ident);
    let location = own(match parameter.place {
        Place::Path => "Path",
        Place::Query => "Query",
        Place::Header => "Header",
        Place::Body => "Body",
        Place::WholeBody => "WholeBody",
    });
    let rules = rules(parameter);
    let default =
        optional(param.default.as_ref().map(|_| quote!(__arsenal::default_value::<#marker>)));
    let example = optional(
        param.example.as_ref().map(|example| quote!(|| __arsenal::example_value(&#example))),
    );
    quote! {
        __arsenal::Parameter {
            name: #name,
            location: __arsenal::Location::#location,
            description: #description,
            schema: __arsenal::parameter_schema::<#marker>,
            is_optional: __arsenal::is_optional::<#marker>,
            rules: &[#(#rules),*],
            default: #default,
            example: #example,
        }
    }
}

/// `Some(…)` or `None`, whatever the user's scope calls so.
pub(crate) fn optional(tokens: Option<TokenStream>) -> TokenStream {
    match tokens {
        Some(tokens) => quote!(::core::option::Option::Some(#tokens)),
        None => quote!(::core::option::Option::None),
    }
}

fn rules(parameter: &Parameter) -> Vec<TokenStream> {
    let param = &parameter.param;
    let mut rules = Vec::new();
    if let Some(Bounds { min, max }) = &param.range {
        let (min, max) = (min.as_ref().map(number), max.as_ref().map(number));
        let (min, max) = (optional(min), optional(max));
        rules.push(quote!(__arsenal::Rule::Range { min: #min, max: #max }));
    }
    if let Some(Bounds { min, max }) = &param.length {
        let bound = |bound: &Option<Expr>| optional(bound.as_ref().map(|bound| quote!(#bound)));
        let (min, max) = (bound(min), bound(max));
        rules.push(quote!(__arsenal::Rule::Length { min: #min, max: #max }));
    }
    if param.pattern.is_some() {
        let name = pattern_name(parameter);
        rules.push(quote!(__arsenal::Rule::Pattern(&#name)));
    }
    rules
}

fn pattern_name(parameter: &Parameter) -> Ident {
    let name = parameter.ident.unraw().to_string().to_uppercase();
    format_ident!("__PATTERN_{name}", span = Span::mixed_site())
}

/// A bound: a literal as what it is, a constant as a whole number if it is one.
fn number(bound: &Expr) -> TokenStream {
    if let Some(value) = whole_number(bound) {
        // Without the suffix that the literal may have.
        return quote!(__arsenal::Number::Integer(#value));
    }
    match unsigned_literal(bound) {
        Some(Lit::Float(_)) => quote!(__arsenal::Number::Float(#bound)),
        _ => quote_spanned!(bound.span() =>
            __arsenal::Number::of_constant((#bound) as i128, (#bound) as f64)
        ),
    }
}

fn unsigned_literal(expression: &Expr) -> Option<&Lit> {
    if let Expr::Unary(unary) = expression {
        return unsigned_literal(&unary.expr);
    }
    let Expr::Lit(ExprLit { lit, .. }) = expression else { return None };
    Some(lit)
}

/// A text becomes whatever text type the argument has.
fn literal(expression: &Expr) -> TokenStream {
    match unsigned_literal(expression) {
        Some(Lit::Str(_)) => quote!(::core::convert::Into::into(#expression)),
        _ => quote!(#expression),
    }
}
