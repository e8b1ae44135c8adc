//! What one parameter becomes: a marker type, a slot in the type list, an entry in the table.

use proc_macro2::{Ident, Span, TokenStream};
use quote::{format_ident, quote, quote_spanned};
use syn::{Expr, ExprLit, Lit, ext::IdentExt as _, spanned::Spanned as _};

use crate::{
    param::{Bounds, Items},
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

/// The list of the parameters' slots, as a type.
pub(crate) fn slots(parameters: &[Parameter]) -> TokenStream {
    slots_in(parameters, |parameter| slot_place(parameter.place))
}

/// The same where something else says which place each of them stands in.
pub(crate) fn slots_in(
    parameters: &[Parameter],
    place: impl Fn(&Parameter) -> TokenStream,
) -> TokenStream {
    parameters.iter().rev().fold(quote!(()), |rest, parameter| {
        let place = place(parameter);
        if parameter.is_flat() {
            let marker = marker(&parameter.ident);
            quote!(__arsenal::Flat<#marker, #place, #rest>)
        } else {
            let slot = slot(parameter, &place);
            quote!((#slot, #rest))
        }
    })
}

/// `static __PARAMETERS`, the table.
pub(crate) fn table(parameters: &[Parameter]) -> TokenStream {
    if parameters.iter().any(Parameter::is_flat) {
        let rows = rows(parameters);
        return quote! {
            #rows
            static __PARAMETERS: [__arsenal::Parameter; __arsenal::count(__ROWS)] =
                __arsenal::table(__ROWS);
        };
    }
    let count = parameters.len();
    let entries = parameters.iter().map(entry);
    quote!(static __PARAMETERS: [__arsenal::Parameter; #count] = [#(#entries),*];)
}

/// `const __ROWS`, the parts of a table, and that no name stands in two of them.
pub(crate) fn rows(parameters: &[Parameter]) -> TokenStream {
    let rows = parameters.iter().map(|parameter| {
        if parameter.is_flat() {
            let (marker, location) = (marker(&parameter.ident), location(parameter.place));
            quote!(__arsenal::Rows::of::<#marker>(__arsenal::Location::#location))
        } else {
            let entry = entry(parameter);
            quote!(__arsenal::Rows::Own(&[#entry]))
        }
    });
    // Where it says so is the argument that brought the names in.
    let flat = parameters.iter().rfind(|parameter| parameter.is_flat());
    let span = flat.map_or_else(Span::mixed_site, |flat| flat.ident.span());
    let assertion = quote_spanned!(span => __arsenal::assert_names_differ(__ROWS));
    quote! {
        const __ROWS: &[__arsenal::Rows] = &[#(#rows),*];
        const _: () = #assertion;
    }
}

/// The marker type with everything that is asked of the argument's type. The type is spelled with
/// the user's tokens, so that rustc's message stands there.
pub(crate) fn marker_items(parameter: &Parameter) -> TokenStream {
    let (marker, ty, param) = (marker(&parameter.ident), &parameter.ty, &parameter.param);
    if parameter.is_flat() {
        return quote! {
            enum #marker {}
            impl __arsenal::Flattened for #marker { type Value = #ty; }
        };
    }
    let named = if parameter.place == Place::RawBody {
        quote!(impl __arsenal::RawOf for #marker { type Value = #ty; })
    } else {
        named(parameter)
    };
    let asked = [
        ("Defaulted", param.default.is_some()),
        ("RangeOf", param.range.is_some()),
        ("LengthOf", param.length.is_some()),
        ("PatternOf", param.pattern.is_some()),
        ("ItemsOf", param.items.is_some()),
    ];
    let asked = asked.iter().filter(|(_, is_asked)| *is_asked).map(|(name, _)| {
        let name = own(name);
        quote!(impl __arsenal::#name for #marker { type Value = #ty; })
    });
    let pattern = param.pattern.as_ref().map(|pattern| {
        let name = pattern_name(parameter, "");
        quote!(static #name: __arsenal::Pattern = __arsenal::Pattern::new(#pattern);)
    });
    let items = param.items.as_ref().map(|items| item_items(parameter, items));
    quote! {
        enum #marker {}
        #named
        #(#asked)*
        #pattern
        #items
    }
}

/// The argument's type, its default, and how its mistakes are found.
fn named(parameter: &Parameter) -> TokenStream {
    let (marker, ty) = (marker(&parameter.ident), &parameter.ty);
    let default = parameter.param.default.as_ref().map(|default| {
        let default = literal(default);
        quote! {
            fn default() -> ::core::option::Option<#ty> {
                let value: #ty = #default;
                ::core::option::Option::Some(value)
            }
        }
    });
    // Texts hold nothing that could be looked into.
    let is_json = matches!(parameter.place, Place::Body | Place::WholeBody);
    let inspector = is_json.then(|| {
        quote! {
            fn inspector() -> ::core::option::Option<__arsenal::Inspector> {
                use __arsenal::{ByItems as _, ByItself as _, ByNothing as _};
                (&&&__arsenal::Probe::<#ty>::new()).inspector()
            }
        }
    });
    quote!(impl __arsenal::Named for #marker { type Value = #ty; #default #inspector })
}

/// The marker type of a list's items.
fn item_items(parameter: &Parameter, items: &Items) -> TokenStream {
    let (marker, item) = (marker(&parameter.ident), item_marker(&parameter.ident));
    let asked = [
        ("RangeOf", items.range.as_ref().map(|bounds| bounds.key.span())),
        ("LengthOf", items.length.as_ref().map(|bounds| bounds.key.span())),
        ("PatternOf", items.pattern.as_ref().map(syn::LitStr::span)),
    ];
    let asked =
        asked.iter().filter_map(|(name, span)| Some((name, (*span)?))).map(|(name, span)| {
            let name = own(name);
            // The type of the items is spelled nowhere, so rustc's message stands at the rule.
            let ty = quote_spanned!(span => __arsenal::ItemOf<#marker>);
            quote!(impl __arsenal::#name for #item { type Value = #ty; })
        });
    let pattern = items.pattern.as_ref().map(|pattern| {
        let name = pattern_name(parameter, "ITEMS_");
        quote!(static #name: __arsenal::Pattern = __arsenal::Pattern::new(#pattern);)
    });
    quote! {
        enum #item {}
        #(#asked)*
        #pattern
    }
}

fn item_marker(ident: &Ident) -> Ident {
    format_ident!("__ITEM_{}", ident.unraw(), span = Span::mixed_site())
}

/// Where a slot reads from.
fn slot_place(place: Place) -> TokenStream {
    let place = own(match place {
        Place::Path | Place::Query | Place::Header => "Text",
        Place::Body => "Field",
        Place::WholeBody | Place::RawBody => "Whole",
    });
    quote!(__arsenal::#place)
}

/// The type of the argument's slot.
fn slot(parameter: &Parameter, place: &TokenStream) -> TokenStream {
    let (marker, param) = (marker(&parameter.ident), &parameter.param);
    let held = if parameter.place == Place::RawBody {
        quote!(__arsenal::Raw<#marker>)
    } else {
        quote!(__arsenal::Held<#marker, #place>)
    };
    let tests = [
        ("InRange", param.range.is_some()),
        ("OfLength", param.length.is_some()),
        ("Matching", param.pattern.is_some()),
    ];
    let slot = asked(&tests)
        .fold(held, |slot, test| quote!(__arsenal::Checked<__arsenal::#test<#marker>, #slot>));
    let Some(items) = &param.items else { return slot };
    let item = item_marker(&parameter.ident);
    let tests = [
        ("InRange", items.range.is_some()),
        ("OfLength", items.length.is_some()),
        ("Matching", items.pattern.is_some()),
    ];
    asked(&tests)
        .fold(slot, |slot, test| quote!(__arsenal::Each<#marker, __arsenal::#test<#item>, #slot>))
}

fn asked(tests: &[(&str, bool)]) -> impl Iterator<Item = Ident> {
    tests.iter().filter(|(_, is_asked)| *is_asked).map(|(test, _)| own(test))
}

fn location(place: Place) -> Ident {
    own(match place {
        Place::Path => "Path",
        Place::Query => "Query",
        Place::Header => "Header",
        Place::Body => "Body",
        Place::WholeBody => "WholeBody",
        Place::RawBody => "RawBody",
    })
}

/// The argument's entry in the table of parameters.
fn entry(parameter: &Parameter) -> TokenStream {
    let Parameter { name, description, param, .. } = parameter;
    let marker = marker(&parameter.ident);
    let location = location(parameter.place);
    let rules = rules(parameter);
    let default =
        optional(param.default.as_ref().map(|_| quote!(__arsenal::default_value::<#marker>)));
    let example = optional(
        param.example.as_ref().map(|example| quote!(|| __arsenal::example_value(&#example))),
    );
    let (schema, is_optional) = if parameter.place == Place::RawBody {
        (quote!(__arsenal::raw_schema), quote!(__arsenal::is_optional_raw::<#marker>))
    } else {
        (quote!(__arsenal::parameter_schema::<#marker>), quote!(__arsenal::is_optional::<#marker>))
    };
    let is_deprecated = param.deprecated.is_some();
    let media_type = optional(param.content_type.as_ref().map(|media_type| quote!(#media_type)));
    quote! {
        __arsenal::Parameter {
            name: #name,
            location: __arsenal::Location::#location,
            description: #description,
            schema: #schema,
            is_optional: #is_optional,
            rules: &[#(#rules),*],
            default: #default,
            example: #example,
            is_deprecated: #is_deprecated,
            media_type: #media_type,
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
    let pattern = param.pattern.as_ref().map(|_| pattern_name(parameter, ""));
    let mut rules = rules_of(param.range.as_ref(), param.length.as_ref(), pattern.as_ref());
    if let Some(items) = &param.items {
        let pattern = items.pattern.as_ref().map(|_| pattern_name(parameter, "ITEMS_"));
        let each = rules_of(items.range.as_ref(), items.length.as_ref(), pattern.as_ref());
        rules.push(quote!(__arsenal::Rule::Items(&[#(#each),*])));
    }
    rules
}

fn rules_of(
    range: Option<&Bounds>,
    length: Option<&Bounds>,
    pattern: Option<&Ident>,
) -> Vec<TokenStream> {
    let mut rules = Vec::new();
    if let Some(Bounds { min, max, .. }) = range {
        let (min, max) = (min.as_ref().map(number), max.as_ref().map(number));
        let (min, max) = (optional(min), optional(max));
        rules.push(quote!(__arsenal::Rule::Range { min: #min, max: #max }));
    }
    if let Some(Bounds { min, max, .. }) = length {
        let bound = |bound: &Option<Expr>| optional(bound.as_ref().map(|bound| quote!(#bound)));
        let (min, max) = (bound(min), bound(max));
        rules.push(quote!(__arsenal::Rule::Length { min: #min, max: #max }));
    }
    if let Some(name) = pattern {
        rules.push(quote!(__arsenal::Rule::Pattern(&#name)));
    }
    rules
}

fn pattern_name(parameter: &Parameter, prefix: &str) -> Ident {
    let name = parameter.ident.unraw().to_string().to_uppercase();
    format_ident!("__PATTERN_{}{}", prefix, name, span = Span::mixed_site())
}

/// A bound: a literal as what it is, a constant as a whole number if it is one.
fn number(bound: &Expr) -> TokenStream {
    if let Some(value) = whole_number(bound) {
        // Without the suffix that the literal may have.
        return quote!(__arsenal::Number::Integer(#value));
    }
    match unsigned_literal(bound) {
        Some(Lit::Float(_)) => quote!(__arsenal::Number::Float(#bound)),
        // The user did not write the casts; core says which of the two holds.
        _ => quote_spanned!(bound.span() => {
            #[allow(clippy::cast_precision_loss, clippy::cast_lossless)]
            #[allow(clippy::cast_possible_truncation, clippy::unnecessary_cast)]
            let bound = __arsenal::Number::of_constant((#bound) as i128, (#bound) as f64);
            bound
        }),
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
