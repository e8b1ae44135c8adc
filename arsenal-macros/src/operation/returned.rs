//! What the function returns: one answer, or a stream of them.

use proc_macro2::Span;
use syn::{
    AssocType, GenericArgument, PathArguments, ReturnType, Signature, Type, TypeImplTrait,
    TypeParamBound, spanned::Spanned as _,
};

use crate::{errors::Errors, parameter::is_last_segment};

const ANSWER: &str = "an operation returns `Result<T, OperationError>`, spelled out";

const STREAM: &str = "a `stream` operation returns `impl Stream<Item = Result<T, OperationError>>`, \
     or where it can refuse to start `Result<impl Stream<…>, OperationError>`";

const ITEM: &str = "the items of a stream are `Result<T, OperationError>`, spelled out";

/// The types that the catalogue has of an operation.
pub(super) struct Returned {
    /// What one node answers; of a stream, the data of one event.
    pub(super) answer: Type,
    /// Of the function; of a stream, that of its items.
    pub(super) error: Type,
    /// `None`: it answers once.
    pub(super) stream: Option<Stream>,
}

/// How a stream is given.
#[derive(Clone, Copy)]
pub(super) struct Stream {
    /// Whether its events have ids.
    pub(super) is_resumable: bool,
    /// Whether the function gives a `Result` with the stream in it.
    pub(super) can_refuse: bool,
}

/// `None` only after a mistake was reported. `key` stands where the attribute says `stream`.
pub(super) fn read(
    function: &Signature,
    key: Option<Span>,
    errors: &mut Errors,
) -> Option<Returned> {
    let ty = match &function.output {
        ReturnType::Default => {
            errors.at(function.ident.span(), if key.is_some() { STREAM } else { ANSWER });
            return None;
        }
        ReturnType::Type(_, ty) => &**ty,
    };
    let result = result_types(ty);
    let (found, can_refuse) = match &result {
        Some((answer, _)) => (stream(answer), true),
        None => (stream(ty), false),
    };
    match (found, key) {
        (Some(found), Some(_)) => stream_types(&found, can_refuse, errors),
        (Some(found), None) => {
            let message = "a function that gives a stream says so: \
                 `#[operation(get, \"…\", stream)]`";
            errors.at(found.span, message);
            None
        }
        (None, Some(_)) => {
            errors.at(ty.span(), STREAM);
            None
        }
        (None, None) => {
            let Some((answer, error)) = result else {
                errors.at(ty.span(), ANSWER);
                return None;
            };
            Some(Returned { answer, error, stream: None })
        }
    }
}

/// `T` and `E` of `Result<T, E>`.
fn result_types(ty: &Type) -> Option<(Type, Type)> {
    if !is_last_segment(ty, "Result") {
        return None;
    }
    match &type_arguments(ty)?[..] {
        [answer, error] => Some(((*answer).clone(), (*error).clone())),
        _ => None,
    }
}

/// The arguments of the last segment, where all are types.
fn type_arguments(ty: &Type) -> Option<Vec<&Type>> {
    let Type::Path(path) = ty else { return None };
    let PathArguments::AngleBracketed(arguments) = &path.path.segments.last()?.arguments else {
        return None;
    };
    let types = arguments.args.iter().map(|argument| {
        let GenericArgument::Type(ty) = argument else { return None };
        Some(ty)
    });
    types.collect()
}

/// An `impl Stream` with what it says about its items.
struct Found {
    span: Span,
    item: Option<Type>,
}

fn stream(ty: &Type) -> Option<Found> {
    let Type::ImplTrait(TypeImplTrait { impl_token, bounds, .. }) = ty else { return None };
    let bound = bounds.iter().find_map(|bound| {
        let TypeParamBound::Trait(bound) = bound else { return None };
        bound.path.segments.last().filter(|segment| segment.ident == "Stream")
    })?;
    let arguments = match &bound.arguments {
        PathArguments::AngleBracketed(arguments) => Some(&arguments.args),
        PathArguments::None | PathArguments::Parenthesized(_) => None,
    };
    let item = arguments.into_iter().flatten().find_map(|argument| {
        let GenericArgument::AssocType(AssocType { ident, ty, .. }) = argument else { return None };
        (ident == "Item").then(|| ty.clone())
    });
    Some(Found { span: impl_token.span, item })
}

fn stream_types(found: &Found, can_refuse: bool, errors: &mut Errors) -> Option<Returned> {
    let types = found.item.as_ref().and_then(result_types);
    let Some((item, error)) = types else {
        errors.at(found.item.as_ref().map_or(found.span, Type::span), ITEM);
        return None;
    };
    let data = is_last_segment(&item, "Event").then(|| type_arguments(&item)).flatten();
    let (answer, is_resumable) = match data.as_deref() {
        Some([data]) => ((*data).clone(), true),
        Some(_) | None => (item, false),
    };
    Some(Returned { answer, error, stream: Some(Stream { is_resumable, can_refuse }) })
}

#[cfg(test)]
mod tests {
    use super::*;
    use proc_macro2::TokenStream;
    use quote::{ToTokens as _, quote};

    fn read_type(ty: &TokenStream, is_stream: bool) -> Result<(String, Option<Stream>), String> {
        let signature: Signature = syn::parse2(quote!(async fn f() -> #ty)).unwrap();
        let mut errors = Errors::new();
        let returned = read(&signature, is_stream.then(Span::call_site), &mut errors);
        errors.finish().map_err(|tokens| tokens.to_string())?;
        let returned = returned.unwrap();
        Ok((returned.answer.to_token_stream().to_string(), returned.stream))
    }

    #[test]
    fn streams_are_known_by_their_spelling() {
        for (ty, data, is_resumable, can_refuse) in [
            (quote!(impl Stream<Item = Result<u32, E>>), "u32", false, false),
            (
                quote!(impl Send + a::Stream<Item = Result<Event<u32>, E>> + use<>),
                "u32",
                true,
                false,
            ),
            (
                quote!(Result<impl Stream<Item = Result<a::Event<u8>, E>> + Send, F>),
                "u8",
                true,
                true,
            ),
            (
                quote!(Result<impl Stream<Item = Result<Page<u8>, E>>, F>),
                "Page < u8 >",
                false,
                true,
            ),
        ] {
            let (answer, stream) = read_type(&ty, true).unwrap();
            let stream = stream.unwrap();
            assert_eq!(answer, data);
            assert_eq!((stream.is_resumable, stream.can_refuse), (is_resumable, can_refuse));
        }
        assert!(read_type(&quote!(Result<u32, E>), false).unwrap().1.is_none());
    }

    #[test]
    fn key_and_type_belong_together() {
        for (ty, is_stream, expected) in [
            (quote!(Result<u32, E>), true, "a `stream` operation returns"),
            (quote!(impl Iterator<Item = u32>), true, "a `stream` operation returns"),
            (quote!(Result<impl Stream<Item = Result<u32, E>>, E>), false, "says so"),
            (quote!(impl Stream<Item = u32>), true, "the items of a stream"),
            (quote!(impl Stream), true, "the items of a stream"),
            (quote!(u32), false, "an operation returns `Result"),
        ] {
            let message = read_type(&ty, is_stream).err().unwrap();
            assert!(message.contains(expected), "{message}");
        }
    }
}
