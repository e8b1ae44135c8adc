//! The operation as a constant. Data only: all logic is in core, behind `__private`.

use proc_macro2::TokenStream;
use quote::{ToTokens, format_ident, quote, quote_spanned};

use super::{
    amounts::{Rate, Version},
    attribute::Method,
    check::{Gather, Operation, Passed},
    date::Date,
    returned::{Returned, Stream},
};
use crate::{
    parameter_tokens::{marker_items, nested, optional, own, slots, table},
    path::PathTemplate,
};

/// Everything that follows the user's function.
pub(super) fn expand(operation: &Operation) -> TokenStream {
    let core = operation.core.as_ref().map_or_else(|| quote!(::arsenal_core), |core| quote!(#core));
    let routes = routes(operation);
    let markers = operation.parameters.iter().map(marker_items);
    let table = table(&operation.parameters);
    let states = states(operation);
    let types = types(operation);
    let call = call(operation);
    let name = name(operation);
    let (gather_items, gather) = gather(operation);
    let (rehearse_item, rehearse) = rehearse(operation);
    let spec = spec(operation, &gather, &rehearse);
    quote! {
        #routes
        const _: () = {
            use #core::__private as __arsenal;
            #(#markers)*
            #states
            #types
            #call
            #gather_items
            #rehearse_item
            #name
            #table
            #spec
            __arsenal::inventory::submit! { __arsenal::Registration(&__SPEC) }
        };
    }
}

/// The marker type of the operation.
fn types(operation: &Operation) -> TokenStream {
    let input = slots(&operation.parameters);
    let states =
        nested((0..operation.states.len()).map(|index| state_marker(index).to_token_stream()));
    let Returned { answer, error, .. } = &operation.returned;
    quote! {
        enum __Operation {}
        impl __arsenal::Operation for __Operation {
            type Input = #input;
            type States = #states;
            type Answer = #answer;
            type Error = #error;
            fn parameters() -> &'static [__arsenal::Parameter] {
                &__PARAMETERS
            }
        }
    }
}

fn states(operation: &Operation) -> TokenStream {
    let markers = operation.states.iter().enumerate().map(|(index, ty)| {
        let marker = state_marker(index);
        quote! {
            enum #marker {}
            impl __arsenal::StateOf for #marker { type Value = #ty; }
        }
    });
    quote!(#(#markers)*)
}

fn state_marker(index: usize) -> proc_macro2::Ident {
    own(&format!("__State{index}"))
}

/// The function behind `OperationSpec::call`. Its future is spanned at the user's function, where
/// rustc then says that it is not `Send`.
fn call(operation: &Operation) -> TokenStream {
    let function = &operation.function;
    let run = match operation.returned.stream {
        None => quote_spanned!(function.span() => __arsenal::unary::<__Operation, _, _>),
        Some(Stream { can_refuse: true, .. }) => {
            quote_spanned!(function.span() => __arsenal::streaming::<__Operation, _, _, _, _, _>)
        }
        Some(Stream { can_refuse: false, .. }) => {
            quote_spanned!(function.span() => __arsenal::streaming_at_once::<__Operation, _, _, _, _>)
        }
    };
    let called = called(operation, function);
    let (context, arguments) = (own("__context"), own("__arguments"));
    quote! {
        fn __call(
            #context: __arsenal::NodeContext,
            #arguments: __arsenal::Arguments<'_>,
        ) -> __arsenal::BoxFuture<
            'static,
            ::core::result::Result<__arsenal::Reply, __arsenal::OperationError>,
        > {
            #run(#context, #arguments, #called)
        }
    }
}

/// A closure that calls a function with the arguments of the operation.
fn called(operation: &Operation, function: &impl ToTokens) -> TokenStream {
    let state = |index: usize| own(&format!("__state_{index}"));
    let value = |index: usize| own(&format!("__value_{index}"));
    let context = own("__context");
    let states = nested((0..operation.states.len()).map(|index| state(index).to_token_stream()));
    let values =
        nested((0..operation.parameters.len()).map(|index| value(index).to_token_stream()));
    let passed = operation.arguments.iter().map(|passed| match passed {
        Passed::Context => context.clone(),
        Passed::State(index) => state(*index),
        Passed::Parameter(index) => value(*index),
    });
    let takes_context = operation.arguments.iter().any(|it| matches!(it, Passed::Context));
    let given = if takes_context { context.to_token_stream() } else { quote!(_) };
    quote!(|#given, #states, #values| #function(#(#passed),*))
}

/// The item behind `OperationSpec::rehearse`, and its value.
fn rehearse(operation: &Operation) -> (TokenStream, TokenStream) {
    let Some(function) = &operation.rehearse else {
        return (TokenStream::new(), quote!(::core::option::Option::None));
    };
    let called = called(operation, function);
    let (context, arguments) = (own("__context"), own("__arguments"));
    let span = syn::spanned::Spanned::span(function);
    let run = quote_spanned!(span => __arsenal::rehearsal::<__Operation, _, _>);
    let item = quote! {
        fn __rehearse(
            #context: __arsenal::NodeContext,
            #arguments: __arsenal::Arguments<'_>,
        ) -> __arsenal::Rehearsing {
            #run(#context, #arguments, #called)
        }
    };
    (item, quote!(::core::option::Option::Some(__rehearse)))
}

/// `const __TAG` and `const __NAME`.
fn name(operation: &Operation) -> TokenStream {
    let function = syn::ext::IdentExt::unraw(&operation.function).to_string();
    if let Some(name) = &operation.name {
        let tag = name.value().split('.').next().unwrap_or_default().to_owned();
        return quote! {
            const __TAG: &str = #tag;
            const __NAME: &str = #name;
        };
    }
    let tag = match &operation.tag {
        Some(tag) => quote!(#tag),
        None => quote!(__arsenal::tag_of_module(::core::module_path!())),
    };
    quote! {
        const __TAG: &str = #tag;
        const __NAME: &str = {
            const BUFFER: __arsenal::NameBuffer<{ __TAG.len() + 1 + #function.len() }> =
                __arsenal::NameBuffer::new(__TAG, #function);
            BUFFER.as_str()
        };
    }
}

/// Items for the gathering function, and the value of `OperationSpec::gather`.
fn gather(operation: &Operation) -> (TokenStream, TokenStream) {
    let function = match &operation.gather {
        Gather::PerNode => return (quote!(), quote!(__arsenal::Gather::PerNode)),
        Gather::Pages => return (quote!(), quote!(__arsenal::Gather::Pages)),
        Gather::With(function) => function,
    };
    let answer = &operation.returned.answer;
    let span = syn::spanned::Spanned::span(function);
    // Named in one place, so that what is wrong with it is said once.
    let gathering = quote_spanned!(span => impl __arsenal::Gathering<#answer>);
    let items = quote! {
        fn __gathering() -> #gathering {
            #function
        }
        fn __gathered_schema(generator: &mut __arsenal::SchemaGenerator) -> __arsenal::Schema {
            __arsenal::gathered_schema::<#answer, _>(generator, __gathering())
        }
        fn __gathered(
            answers: __arsenal::RawAnswers,
        ) -> ::core::result::Result<__arsenal::Gathered, __arsenal::OperationError> {
            __arsenal::gathered::<#answer, _>(answers, __gathering())
        }
    };
    let value = quote! {
        __arsenal::Gather::With(__arsenal::GatherFn { output: __gathered_schema, run: __gathered })
    };
    (items, value)
}

fn spec(operation: &Operation, gather: &TokenStream, rehearse: &TokenStream) -> TokenStream {
    let Operation { summary, description, timeout_ms, status, .. } = operation;
    let Operation { is_deprecated, is_idempotent, .. } = operation;
    let (limits, versions) = (limits(operation), versions(operation));
    let (deprecated_from, sunset) =
        (date(operation.deprecated_from.as_ref()), date(operation.sunset.as_ref()));
    let answers = match operation.returned.stream {
        None => quote!(__arsenal::Answers::Once),
        Some(Stream { is_resumable, .. }) => {
            quote!(__arsenal::Answers::Stream { is_resumable: #is_resumable })
        }
    };
    let method = own(match operation.method {
        Method::Get => "Get",
        Method::Post => "Post",
        Method::Put => "Put",
        Method::Patch => "Patch",
        Method::Delete => "Delete",
    });
    let path = &operation.path.literal;
    let aliases = operation.aliases.iter().map(|alias| &alias.literal);
    let target = operation.target.tokens(&operation.parameters);
    let (require, partition, access) =
        (own(operation.require), own(operation.partition), own(operation.access));
    let requirements = (0..operation.states.len()).map(|index| {
        let marker = state_marker(index);
        quote! {
            __arsenal::StateRequirement {
                type_name: __arsenal::state_name::<#marker>,
                is_present: __arsenal::has_state::<#marker>,
            }
        }
    });
    quote! {
        static __SPEC: __arsenal::OperationSpec = __arsenal::OperationSpec {
            name: __NAME,
            tag: __TAG,
            method: __arsenal::Method::#method,
            path: #path,
            aliases: &[#(#aliases),*],
            summary: #summary,
            description: #description,
            target: #target,
            require: __arsenal::Require::#require,
            partition: __arsenal::Partition::#partition,
            access: __arsenal::Access::#access,
            timeout: __arsenal::Duration::from_millis(#timeout_ms),
            status: #status,
            is_deprecated: #is_deprecated,
            deprecated_from: #deprecated_from,
            sunset: #sunset,
            limits: #limits,
            is_idempotent: #is_idempotent,
            answers: #answers,
            versions: #versions,
            error_cases: __arsenal::error_cases::<__Operation>,
            parameters: &__PARAMETERS,
            states: &[#(#requirements),*],
            output: __arsenal::output_schema::<__Operation>,
            gather: #gather,
            rehearse: #rehearse,
            check: __arsenal::check::<__Operation>,
            call: __call,
            source: __arsenal::Source {
                package: ::core::env!("CARGO_PKG_NAME"),
                file: ::core::file!(),
                line: ::core::line!(),
            },
        };
    }
}

fn limits(operation: &Operation) -> TokenStream {
    let body = operation.body_limit.map(|bytes| quote!(body_bytes_max: #bytes,));
    let concurrency = operation
        .concurrency
        .map(|count| quote!(concurrency: ::core::option::Option::Some(#count),));
    let rate = operation.rate.map(|Rate { count, per_ms }| {
        quote! {
            rate: ::core::option::Option::Some(__arsenal::Rate {
                count: #count,
                per: __arsenal::Duration::from_millis(#per_ms),
            }),
        }
    });
    if body.is_none() && concurrency.is_none() && rate.is_none() {
        return quote!(__arsenal::Limits::DEFAULT);
    }
    quote!(__arsenal::Limits { #body #concurrency #rate ..__arsenal::Limits::DEFAULT })
}

fn date(date: Option<&Date>) -> TokenStream {
    optional(date.map(|Date { day, structured, http }| {
        quote!(__arsenal::Date { day: #day, structured: #structured, http: #http })
    }))
}

fn versions(operation: &Operation) -> TokenStream {
    let version = |version: Option<Version>| {
        optional(version.map(
            |Version { major, minor }| quote!(__arsenal::Version { major: #major, minor: #minor }),
        ))
    };
    let (since, until) = (version(operation.since), version(operation.until));
    let replaced_by = optional(operation.replaced_by.as_ref().map(ToTokens::to_token_stream));
    quote!(__arsenal::Versions { since: #since, until: #until, replaced_by: #replaced_by })
}

/// Routes of other versions have other names. Core finds those at start whose versions overlap. No
/// segment of a path starts with `_` in a name.
fn versions_name(operation: &Operation) -> String {
    let part = |word: &str, version: Option<Version>| {
        version.map_or_else(String::new, |Version { major, minor }| {
            format!("___{word}_{major}_{minor}")
        })
    };
    part("since", operation.since) + &part("until", operation.until)
}

/// One exported macro per route: two of one name in a crate are an error at both path literals.
fn routes(operation: &Operation) -> TokenStream {
    let method = match operation.method {
        Method::Get => "get",
        Method::Post => "post",
        Method::Put => "put",
        Method::Patch => "patch",
        Method::Delete => "delete",
    };
    let all = std::iter::once(&operation.path).chain(&operation.aliases);
    let routes = all.map(|path: &PathTemplate| {
        let span = path.literal.span();
        let name = format!("{}{}", path.route_name(method), versions_name(operation));
        let name = format_ident!("{name}", span = span);
        quote_spanned! {span=>
            #[doc(hidden)]
            #[macro_export]
            macro_rules! #name { () => {}; }
        }
    });
    quote!(#(#routes)*)
}
