//! The attribute of an operation: method, path, keys.

use proc_macro2::{Ident, TokenStream};
use syn::{LitInt, LitStr, Path, Token, parse::ParseStream, parse::Parser as _};

use super::{
    amounts::{self, Rate, Version},
    date::{self, Date, Deprecated},
    target::Target,
};
use crate::{errors::Errors, expected, keys, path::PathTemplate};

const KEYS: &[&str] = &[
    "name",
    "tag",
    "target",
    "gather",
    "rehearse",
    "require",
    "partition",
    "access",
    "timeout",
    "alias",
    "status",
    "deprecated",
    "sunset",
    "body_limit",
    "concurrency",
    "rate",
    "idempotent",
    "stream",
    "since",
    "until",
    "replaced_by",
    "crate",
];

const SHAPE: &str = "expected a method and a path, as in `#[operation(get, \"/api/v1/items\")]`";

/// An HTTP method; the names are those of `Method` in core.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Method {
    Get,
    Post,
    Put,
    Patch,
    Delete,
}

const METHODS: &[(&str, Method)] = &[
    ("get", Method::Get),
    ("post", Method::Post),
    ("put", Method::Put),
    ("patch", Method::Patch),
    ("delete", Method::Delete),
];

/// What the attribute said. Method and path are absent where they are wrong.
#[derive(Default)]
pub(super) struct Attribute {
    pub(super) method: Option<Method>,
    pub(super) path: Option<PathTemplate>,
    pub(super) name: Option<LitStr>,
    pub(super) tag: Option<LitStr>,
    pub(super) target: Option<Target>,
    pub(super) gather: Option<(Ident, Path)>,
    pub(super) rehearse: Option<(Ident, Path)>,
    pub(super) require: Option<(Ident, &'static str)>,
    pub(super) partition: Option<(Ident, &'static str)>,
    pub(super) access: Option<(Ident, &'static str)>,
    pub(super) timeout_ms: Option<u64>,
    pub(super) aliases: Vec<PathTemplate>,
    pub(super) status: Option<(Ident, u16)>,
    pub(super) deprecated: Option<Deprecated>,
    pub(super) sunset: Option<(Ident, Date)>,
    pub(super) body_limit: Option<usize>,
    pub(super) concurrency: Option<u32>,
    pub(super) rate: Option<Rate>,
    pub(super) idempotent: Option<Ident>,
    pub(super) stream: Option<Ident>,
    pub(super) since: Option<Version>,
    pub(super) until: Option<(Ident, Version)>,
    pub(super) replaced_by: Option<(Ident, LitStr)>,
    pub(super) core: Option<Path>,
}

impl Attribute {
    pub(super) fn read(tokens: TokenStream, errors: &mut Errors) -> Self {
        let mut attribute = Self::default();
        let parser = |input: ParseStream<'_>| attribute.read_all(input, errors);
        if let Err(error) = parser.parse2(tokens) {
            errors.push(error);
        }
        attribute
    }

    fn read_all(&mut self, input: ParseStream<'_>, errors: &mut Errors) -> syn::Result<()> {
        let shape = |error: syn::Error| syn::Error::new(error.span(), SHAPE);
        if !input.peek(syn::Ident) {
            return Err(syn::Error::new(input.span(), SHAPE));
        }
        let method = expected::one_of(input, "method", METHODS);
        self.method = errors.keep(method).map(|(_, method)| method);
        input.parse::<Token![,]>().map_err(shape)?;
        self.path = Some(PathTemplate::new(input.parse::<LitStr>().map_err(shape)?, errors));
        if !input.is_empty() {
            input.parse::<Token![,]>()?;
        }
        keys::each(input, errors, |key, input, errors| self.read_key(key, input, errors));
        Ok(())
    }

    fn read_key(
        &mut self,
        key: &Ident,
        input: ParseStream<'_>,
        errors: &mut Errors,
    ) -> syn::Result<()> {
        match key.to_string().as_str() {
            "name" => keys::set(&mut self.name, key, operation_name(input)?),
            "tag" => keys::set(&mut self.tag, key, tag(input)?),
            "target" => keys::set(&mut self.target, key, Target::read(input)?),
            "gather" => keys::set(&mut self.gather, key, (key.clone(), keys::value(input)?)),
            "rehearse" => keys::set(&mut self.rehearse, key, (key.clone(), keys::value(input)?)),
            "require" => keys::set(&mut self.require, key, word(key, input, REQUIRE)?),
            "partition" => keys::set(&mut self.partition, key, word(key, input, PARTITION)?),
            "access" => keys::set(&mut self.access, key, word(key, input, ACCESS)?),
            "timeout" => keys::set(&mut self.timeout_ms, key, amounts::timeout(input)?),
            "status" => keys::set(&mut self.status, key, (key.clone(), status(input)?)),
            "deprecated" => keys::set(&mut self.deprecated, key, date::deprecated(input)?),
            "sunset" => keys::set(&mut self.sunset, key, (key.clone(), date::date(input)?)),
            "body_limit" => keys::set(&mut self.body_limit, key, amounts::bytes(input)?),
            "concurrency" => keys::set(&mut self.concurrency, key, amounts::count(input)?),
            "rate" => keys::set(&mut self.rate, key, amounts::rate(input)?),
            "idempotent" => keys::set(&mut self.idempotent, key, key.clone()),
            "stream" => keys::set(&mut self.stream, key, key.clone()),
            "since" => keys::set(&mut self.since, key, amounts::version(input)?),
            "until" => keys::set(&mut self.until, key, (key.clone(), amounts::version(input)?)),
            "replaced_by" => {
                keys::set(&mut self.replaced_by, key, (key.clone(), operation_name(input)?))
            }
            "crate" => keys::set(&mut self.core, key, keys::value(input)?),
            "alias" => {
                self.aliases.push(PathTemplate::new(keys::value(input)?, errors));
                Ok(())
            }
            _ => Err(expected::unknown("key", key, KEYS)),
        }
    }
}

const REQUIRE: &[(&str, &str)] = &[("any", "Any"), ("majority", "Majority"), ("all", "All")];
const PARTITION: &[(&str, &str)] = &[("any", "Any"), ("majority", "Majority")];
const ACCESS: &[(&str, &str)] = &[("read", "Read"), ("operate", "Operate"), ("admin", "Admin")];

/// `= word`, with the name of the variant in core that it stands for.
fn word(
    key: &Ident,
    input: ParseStream<'_>,
    words: &[(&str, &'static str)],
) -> syn::Result<(Ident, &'static str)> {
    input.parse::<Token![=]>()?;
    let (_, variant) = expected::one_of(input, &key.to_string(), words)?;
    Ok((key.clone(), variant))
}

fn operation_name(input: ParseStream<'_>) -> syn::Result<LitStr> {
    let name: LitStr = keys::value(input)?;
    let text = name.value();
    let is_good = text.split_once('.').is_some_and(|(tag, verb)| is_word(tag) && is_word(verb));
    if is_good {
        return Ok(name);
    }
    let message = "a name is `<tag>.<verb>`, both of a-z, 0-9, `_` and `-`, as in `process.list`";
    Err(syn::Error::new(name.span(), message))
}

fn tag(input: ParseStream<'_>) -> syn::Result<LitStr> {
    let tag: LitStr = keys::value(input)?;
    if is_word(&tag.value()) {
        return Ok(tag);
    }
    Err(syn::Error::new(tag.span(), "a tag is one word of a-z, 0-9, `_` and `-`"))
}

fn is_word(text: &str) -> bool {
    let is_letter = |letter: char| {
        letter.is_ascii_lowercase() || letter.is_ascii_digit() || letter == '_' || letter == '-'
    };
    !text.is_empty() && text.chars().all(is_letter)
}

/// `= 201`.
fn status(input: ParseStream<'_>) -> syn::Result<u16> {
    let literal: LitInt = keys::value(input)?;
    literal.base10_parse().ok().filter(|status| (200..300).contains(status)).ok_or_else(|| {
        let message = "the status of an answer is from 200 to 299; errors have their own";
        syn::Error::new(literal.span(), message)
    })
}

#[cfg(test)]
mod tests {
    use super::*;
    use quote::quote;

    fn read(tokens: TokenStream) -> (Attribute, String) {
        let mut errors = Errors::new();
        let attribute = Attribute::read(tokens, &mut errors);
        let text = errors.finish().err().map(|tokens| tokens.to_string()).unwrap_or_default();
        (attribute, text)
    }

    #[test]
    fn all_keys_are_read() {
        let (attribute, errors) = read(quote! {
            post, "/a/{b}", name = "a.b", target = all_nodes, gather = x::y, require = all,
            rehearse = x::z, partition = any, access = admin, timeout = "2s", alias = "/c/{b}", alias = "/d/{b}",
            status = 201, deprecated = "2026-11-01", sunset = "2027-03-01", body_limit = "64KiB",
            concurrency = 8, rate = "100/s", idempotent, stream, since = "1.2", until = "2.0",
            replaced_by = "a.c", crate = my::core,
        });
        assert_eq!(errors, "");
        assert_eq!(attribute.method, Some(Method::Post));
        assert_eq!(attribute.timeout_ms, Some(2_000));
        assert_eq!(
            (attribute.aliases.len(), attribute.status.map(|(_, status)| status)),
            (2, Some(201))
        );
        assert_eq!(attribute.require.map(|(_, variant)| variant), Some("All"));
    }

    #[test]
    fn every_mistake_is_found_in_one_go() {
        let (_, errors) = read(quote! {
            got, "a", methd = 1, status = 404, timeout = "2h", access = root, tag = "A", tag "b",
            status = 200, sunset = "tomorrow"
        });
        for expected in [
            "a date is a day",
            "unknown method `got`",
            "a path starts with",
            "unknown key `methd`; expected one of `name`",
            "from 200 to 299",
            "a timeout is a whole number",
            "unknown access `root`; expected one of `read`, `operate`, `admin`",
            "a tag is one word",
            "expected `=`",
        ] {
            assert!(errors.contains(expected), "{expected}: {errors}");
        }
        assert_eq!(errors.matches("compile_error").count(), 9);
    }

    #[test]
    fn an_amount_that_is_no_text_is_told_how_it_looks() {
        let (_, errors) = read(quote! {
            get, "/a", timeout = 2, body_limit = 64, rate = 100, since = 1.4, until = x,
            deprecated = 2026, sunset = [1]
        });
        for (expected, count) in [
            ("a timeout is a whole number", 1),
            ("a size is a whole number", 1),
            ("a rate is a whole number", 1),
            ("a version is `major.minor`", 2),
            ("a date is a day", 2),
            ("compile_error", 7),
        ] {
            assert_eq!(errors.matches(expected).count(), count, "{expected}: {errors}");
        }
    }

    #[test]
    fn nothing_is_said_how_it_should_look() {
        assert!(read(quote!()).1.contains("expected a method and a path"));
        assert!(read(quote!("/a")).1.contains("expected a method and a path"));
        assert!(read(quote!(get)).1.contains("expected a method and a path"));
        assert!(read(quote!(get, path)).1.contains("expected a method and a path"));
        assert!(read(quote!(get, "/a", status = 201, status = 202)).1.contains("more than once"));
    }
}
