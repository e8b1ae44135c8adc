//! `target = …`: which nodes an operation runs on.

use proc_macro2::{Ident, TokenStream};
use quote::quote;
use syn::{Token, ext::IdentExt as _, parenthesized, parse::ParseStream};

use crate::{
    errors::Errors,
    expected::{self, list},
    parameter::{Parameter, Place},
};

/// A target as it was written; arguments by their names in the function.
pub(super) enum Target {
    Here,
    Any,
    AllNodes { only: Option<Ident> },
    Node { argument: Ident },
    Owner { argument: Ident },
}

#[derive(Clone, Copy)]
enum Word {
    Here,
    AllNodes,
    Node,
    Owner,
    Any,
}

const WORDS: &[(&str, Word)] = &[
    ("here", Word::Here),
    ("all_nodes", Word::AllNodes),
    ("node", Word::Node),
    ("owner", Word::Owner),
    ("any", Word::Any),
];

impl Target {
    pub(super) fn read(input: ParseStream<'_>) -> syn::Result<Self> {
        input.parse::<Token![=]>()?;
        let (word, kind) = expected::one_of(input, "target", WORDS)?;
        let takes_argument = matches!(kind, Word::AllNodes | Word::Node | Word::Owner);
        let argument = if takes_argument && input.peek(syn::token::Paren) {
            Some(argument(input)?)
        } else {
            None
        };
        match (kind, argument) {
            (Word::Here, _) => Ok(Self::Here),
            (Word::Any, _) => Ok(Self::Any),
            (Word::AllNodes, only) => Ok(Self::AllNodes { only }),
            (Word::Node, Some(argument)) => Ok(Self::Node { argument }),
            (Word::Node, None) => {
                let message = "`node(…)` names the parameter that says which node";
                Err(syn::Error::new(word.span(), message))
            }
            (Word::Owner, Some(argument)) => Ok(Self::Owner { argument }),
            (Word::Owner, None) => {
                let message = "`owner(…)` names the parameter whose owner is looked up";
                Err(syn::Error::new(word.span(), message))
            }
        }
    }

    pub(super) fn is_all_nodes(&self) -> bool {
        matches!(self, Self::AllNodes { .. })
    }

    /// Whether the argument that it names is a parameter, and one that it can use.
    pub(super) fn check(&self, parameters: &[Parameter], errors: &mut Errors) {
        let Some(argument) = self.argument() else { return };
        let Some(parameter) = find(parameters, argument) else {
            let known = parameters.iter().map(|parameter| parameter.ident.to_string());
            let known = if parameters.is_empty() { "none".to_owned() } else { list(known) };
            let message =
                format!("`{argument}` is not a parameter of this operation; it has {known}");
            errors.at(argument.span(), message);
            return;
        };
        if !is_seen_by_plan(parameter) {
            errors.at(argument.span(), unseen(&argument.to_string()));
        }
        if self.is_all_nodes() && !parameter.is_spelled_optional() {
            let message = format!(
                "`all_nodes({argument})` needs a parameter that may be left out: \
                 `{argument}: Option<NodeName>`"
            );
            errors.at(argument.span(), message);
        }
        if matches!(self, Self::Owner { .. }) && may_be_left_out(parameter) {
            let message = format!("`owner({argument})` needs a parameter that is always given");
            errors.at(argument.span(), message);
        }
    }

    /// The target as core knows it, with the parameter's name in requests.
    pub(super) fn tokens(&self, parameters: &[Parameter]) -> TokenStream {
        let name =
            self.argument().and_then(|argument| find(parameters, argument)).map(|it| &it.name);
        match (self, name) {
            (Self::Here, _) => quote!(__arsenal::Target::Here),
            (Self::Any, _) => quote!(__arsenal::Target::Any),
            (Self::AllNodes { .. }, None) => {
                quote!(__arsenal::Target::AllNodes { only: ::core::option::Option::None })
            }
            (Self::AllNodes { .. }, Some(name)) => {
                quote!(__arsenal::Target::AllNodes { only: ::core::option::Option::Some(#name) })
            }
            (Self::Node { .. }, name) => quote!(__arsenal::Target::Node { parameter: #name }),
            (Self::Owner { .. }, name) => quote!(__arsenal::Target::Owner { parameter: #name }),
        }
    }

    fn argument(&self) -> Option<&Ident> {
        match self {
            Self::Here | Self::Any => None,
            Self::AllNodes { only } => only.as_ref(),
            Self::Node { argument } | Self::Owner { argument } => Some(argument),
        }
    }
}

/// The nodes are chosen before the body is decoded, so what says them stands in front of it.
pub(super) fn is_seen_by_plan(parameter: &Parameter) -> bool {
    matches!(parameter.place, Place::Path | Place::Query)
}

/// What is said about a parameter that planning cannot see.
pub(super) fn unseen(name: &str) -> String {
    format!("`{name}` must be in the path or the query; say `#[param(query)]`")
}

fn may_be_left_out(parameter: &Parameter) -> bool {
    parameter.is_spelled_optional() || parameter.param.default.is_some()
}

fn argument(input: ParseStream<'_>) -> syn::Result<Ident> {
    let content;
    parenthesized!(content in input);
    let argument = Ident::parse_any(&content)?;
    if content.is_empty() { Ok(argument) } else { Err(content.error("expected one argument")) }
}

fn find<'a>(parameters: &'a [Parameter], argument: &Ident) -> Option<&'a Parameter> {
    parameters.iter().find(|it| it.ident.unraw() == argument.unraw() && !it.is_flat())
}
