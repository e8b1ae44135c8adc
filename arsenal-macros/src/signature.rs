//! The signature of a user's function, read without regard to the attribute.

use proc_macro2::{Ident, Span, TokenStream, TokenTree};
use quote::ToTokens as _;
use syn::{Attribute, FnArg, ItemFn, Pat, PatType, Type, spanned::Spanned as _};

use crate::{
    docs,
    errors::Errors,
    param::{self, Param},
    parameter::is_last_segment,
};

/// What the function stands for.
#[derive(Clone, Copy, PartialEq, Eq)]
pub(crate) enum Subject {
    Operation,
    Blueprint,
}

impl Subject {
    pub(crate) const fn noun(self) -> &'static str {
        match self {
            Self::Operation => "an operation",
            Self::Blueprint => "a blueprint",
        }
    }
}

/// What is known from the signature alone.
pub(crate) struct Signature {
    pub(crate) summary: String,
    pub(crate) description: String,
    pub(crate) arguments: Vec<Argument>,
}

/// One argument.
pub(crate) struct Argument {
    pub(crate) ident: Ident,
    pub(crate) ty: Type,
    pub(crate) kind: Kind,
}

/// What an argument is.
pub(crate) enum Kind {
    Context,
    State,
    Parameter { param: Box<Param>, description: String },
}

/// Reads the signature and takes off what belongs to the macro.
pub(crate) fn take(function: &mut ItemFn, subject: Subject, errors: &mut Errors) -> Signature {
    let noun = subject.noun();
    let (summary, description) = docs::summary_and_description(&function.attrs);
    if summary.is_empty() {
        let message = format!("{noun} has a doc comment: its first line is the summary");
        errors.at(function.sig.ident.span(), message);
    }
    if let Some(parameter) = function.sig.generics.params.first() {
        let message = format!("{noun} has no generic parameters: its types stand in the catalogue");
        errors.at(parameter.span(), message);
    }
    let mut arguments = Vec::new();
    for (position, input) in function.sig.inputs.iter_mut().enumerate() {
        match input {
            FnArg::Receiver(receiver) => {
                let message = format!("{noun} is a free function: it has no `self`");
                errors.at(receiver.self_token.span(), message);
            }
            FnArg::Typed(typed) => {
                arguments.extend(take_argument(typed, position == 0, subject, errors));
            }
        }
    }
    Signature { summary, description, arguments }
}

fn take_argument(
    typed: &mut PatType,
    is_first: bool,
    subject: Subject,
    errors: &mut Errors,
) -> Option<Argument> {
    let noun = subject.noun();
    let attributes = take_own(&mut typed.attrs);
    let kind = kind(&attributes, &typed.ty, is_first, subject, errors);
    let is_parameter = matches!(kind, Kind::Parameter { .. });
    if is_parameter && let Some((span, message)) = unowned(&typed.ty, noun) {
        errors.at(span, message);
    }
    let ident = if let Pat::Ident(name) = &*typed.pat {
        name.ident.clone()
    } else if matches!(kind, Kind::Context) {
        // The context needs no name: it is passed by its place.
        Ident::new("context", typed.pat.span())
    } else {
        let message = format!("an argument of {noun} is a plain name: it names the parameter");
        errors.at(typed.pat.span(), message);
        return None;
    };
    Some(Argument { ident, ty: (*typed.ty).clone(), kind })
}

fn kind(
    attributes: &[Attribute],
    ty: &Type,
    is_first: bool,
    subject: Subject,
    errors: &mut Errors,
) -> Kind {
    let state = attributes.iter().find(|attribute| attribute.path().is_ident("state"));
    let param = attributes.iter().find(|attribute| attribute.path().is_ident("param"));
    let is_operation = subject == Subject::Operation;
    if is_last_segment(ty, "NodeContext") {
        if !is_operation {
            errors.at(ty.span(), "a blueprint has no `NodeContext`: it only describes a child");
        } else if !is_first {
            errors.at(ty.span(), "`NodeContext` is the first argument");
        }
        return Kind::Context;
    }
    if let Some(state) = state {
        if !is_operation {
            errors.at(state.span(), "a blueprint has no `#[state]`: it only describes a child");
        } else if state.meta.require_path_only().is_err() {
            errors.at(
                state.meta.span(),
                "a `#[state]` says nothing more: the node finds it by its type",
            );
        } else if let Some(param) = param {
            errors.at(param.span(), "a `#[state]` comes from the node: it is not a parameter");
        }
        return Kind::State;
    }
    let param = Box::new(param::read(attributes, is_operation, errors));
    Kind::Parameter { param, description: docs::text(attributes) }
}

/// Takes off the attributes that rustc would refuse on an argument.
fn take_own(attributes: &mut Vec<Attribute>) -> Vec<Attribute> {
    let is_own = |attribute: &mut Attribute| {
        ["param", "state", "doc"].iter().any(|own| attribute.path().is_ident(own))
    };
    attributes.extract_if(.., is_own).collect()
}

/// The first token that shows that a type is not an owned, nameable one.
pub(crate) fn unowned(ty: &Type, noun: &str) -> Option<(Span, String)> {
    if let Type::ImplTrait(it) = ty {
        let message = format!("an argument of {noun} has a type with a name, not `impl …`");
        return Some((it.impl_token.span, message));
    }
    let span = borrow(ty.to_token_stream())?;
    let message = format!("an argument of {noun} owns its data: for example `String`, not `&str`");
    Some((span, message))
}

fn borrow(tokens: TokenStream) -> Option<Span> {
    tokens.into_iter().find_map(|token| match token {
        TokenTree::Punct(mark) if mark.as_char() == '&' || mark.as_char() == '\'' => {
            Some(mark.span())
        }
        TokenTree::Group(group) => borrow(group.stream()),
        TokenTree::Punct(_) | TokenTree::Ident(_) | TokenTree::Literal(_) => None,
    })
}
