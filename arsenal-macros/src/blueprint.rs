//! `#[blueprint]`: by the rules of `#[operation]`, for a function that describes a child.

use proc_macro2::{Ident, TokenStream};
use quote::{ToTokens, quote};
use syn::{
    ItemFn, LitStr, Path, ReturnType, Type, ext::IdentExt as _, parse::ParseStream,
    parse::Parser as _, spanned::Spanned as _,
};

use crate::{
    errors::Errors,
    expected, keys,
    parameter::{self, Parameter, Place},
    parameter_tokens::{marker_items, nested, own, slots, table},
    signature::{self, Argument, Kind, Signature, Subject},
};

const KEYS: &[&str] = &["name", "crate"];

/// What the attribute said.
#[derive(Default)]
struct Attribute {
    name: Option<LitStr>,
    cluster: Option<Path>,
}

/// A blueprint without mistakes.
struct Blueprint {
    function: Ident,
    name: String,
    cluster: Option<Path>,
    summary: String,
    description: String,
    parameters: Vec<Parameter>,
    output: Type,
}

/// The user's function, and either the blueprint's constant or everything that is wrong.
pub(crate) fn expand(attribute: TokenStream, item: &TokenStream) -> TokenStream {
    let mut function: ItemFn = match syn::parse2(item.clone()) {
        Ok(function) => function,
        Err(error) => {
            let error = syn::Error::new(error.span(), "`#[blueprint]` stands on a free `fn`");
            let error = error.to_compile_error();
            return quote!(#item #error);
        }
    };
    let generated = generate(attribute, &mut function).unwrap_or_else(|errors| errors);
    quote!(#function #generated)
}

fn generate(attribute: TokenStream, function: &mut ItemFn) -> Result<TokenStream, TokenStream> {
    let mut errors = Errors::new();
    let attribute = Attribute::read(attribute, &mut errors);
    let signature = signature::take(function, Subject::Blueprint, &mut errors);
    let blueprint = check(attribute, signature, &function.sig, &mut errors);
    errors.finish()?;
    let blueprint = blueprint.expect("a blueprint without mistakes is complete");
    Ok(blueprint.tokens())
}

impl Attribute {
    fn read(tokens: TokenStream, errors: &mut Errors) -> Self {
        let mut attribute = Self::default();
        let parser = |input: ParseStream<'_>| {
            keys::each(input, errors, |key, input, _| match key.to_string().as_str() {
                "name" => keys::set(&mut attribute.name, key, name(input)?),
                "crate" => keys::set(&mut attribute.cluster, key, keys::value(input)?),
                _ => Err(expected::unknown("key", key, KEYS)),
            });
            Ok(())
        };
        if let Err(error) = parser.parse2(tokens) {
            errors.push(error);
        }
        attribute
    }
}

fn name(input: ParseStream<'_>) -> syn::Result<LitStr> {
    let name: LitStr = keys::value(input)?;
    let text = name.value();
    let is_letter =
        |letter: char| letter.is_ascii_lowercase() || letter.is_ascii_digit() || letter == '-';
    if !text.is_empty() && text.chars().all(is_letter) {
        return Ok(name);
    }
    Err(syn::Error::new(name.span(), "the name of a blueprint is of a-z, 0-9 and `-`"))
}

/// `None` only after a mistake was reported.
fn check(
    attribute: Attribute,
    signature: Signature,
    function: &syn::Signature,
    errors: &mut Errors,
) -> Option<Blueprint> {
    if let Some(keyword) = &function.asyncness {
        errors.at(keyword.span(), "a blueprint is not `async`: it only describes a child");
    }
    let parameters = signature.arguments.into_iter().filter_map(parameter).collect::<Vec<_>>();
    parameter::check_names(&parameters, errors);
    parameter::check_rules(&parameters, errors);
    let output = match &function.output {
        ReturnType::Type(_, ty) => (**ty).clone(),
        ReturnType::Default => {
            let message = "a blueprint returns `Child` or `Result<Child, OperationError>`";
            errors.at(function.ident.span(), message);
            return None;
        }
    };
    let own_name = || function.ident.unraw().to_string().replace('_', "-");
    Some(Blueprint {
        function: function.ident.clone(),
        name: attribute.name.map_or_else(own_name, |name| name.value()),
        cluster: attribute.cluster,
        summary: signature.summary,
        description: signature.description,
        parameters,
        output,
    })
}

fn parameter(Argument { ident, ty, kind }: Argument) -> Option<Parameter> {
    let Kind::Parameter { param, description } = kind else { return None };
    let name = parameter::wire_name(&ident, &param);
    Some(Parameter { ident, ty, name, place: Place::Body, description, param: *param })
}

impl Blueprint {
    fn tokens(&self) -> TokenStream {
        let Self { name, summary, description, .. } = self;
        let cluster =
            self.cluster.as_ref().map_or_else(|| quote!(::arsenal_cluster), |path| quote!(#path));
        let markers = self.parameters.iter().map(marker_items);
        let table = table(&self.parameters);
        let types = self.types();
        quote! {
            const _: () = {
                use #cluster::__private as __arsenal;
                #(#markers)*
                #types
                #table
                static __SPEC: __arsenal::BlueprintSpec = __arsenal::BlueprintSpec {
                    name: #name,
                    summary: #summary,
                    description: #description,
                    parameters: &__PARAMETERS,
                    check: __arsenal::check_blueprint::<__Blueprint>,
                    build: __arsenal::build_blueprint::<__Blueprint>,
                    source: __arsenal::Source {
                        package: ::core::env!("CARGO_PKG_NAME"),
                        file: ::core::file!(),
                        line: ::core::line!(),
                    },
                };
                __arsenal::inventory::submit! { __arsenal::BlueprintRegistration(&__SPEC) }
            };
        }
    }

    fn types(&self) -> TokenStream {
        let Self { function, output, .. } = self;
        let input = slots(&self.parameters);
        let names: Vec<Ident> =
            (0..self.parameters.len()).map(|index| own(&format!("__value_{index}"))).collect();
        let values = nested(names.iter().map(ToTokens::to_token_stream));
        quote! {
            enum __Blueprint {}
            impl __arsenal::Blueprint for __Blueprint {
                type Input = #input;
                type Output = #output;
                fn parameters() -> &'static [__arsenal::Parameter] {
                    &__PARAMETERS
                }
                fn call(
                    #values: <Self::Input as __arsenal::Typed>::Values,
                ) -> Self::Output {
                    #function(#(#names),*)
                }
            }
        }
    }
}
