//! Whether a type can be an error of operations, and what each of its cases is.

use proc_macro2::{Ident, Span};
use syn::{
    Attribute, Data, DeriveInput, Fields, LitStr, Member, Path, Type, ext::IdentExt as _,
    spanned::Spanned as _,
};

use super::problem::{Place, Problem};
use crate::{docs, errors::Errors, snake_case::snake_case};

/// An error type without mistakes.
pub(super) struct ErrorType {
    pub(super) ident: Ident,
    pub(super) core: Option<Path>,
    pub(super) cases: Vec<Case>,
}

/// One variant of an enum, or a struct.
pub(super) struct Case {
    /// `None` for a struct.
    pub(super) variant: Option<Ident>,
    pub(super) kind: Kind,
}

/// What becomes of a case.
pub(super) enum Kind {
    /// A problem of its own.
    Own(Own),
    /// The problem of the only field.
    Transparent { member: Member, ty: Box<Type> },
}

/// A problem with a code of the user's.
pub(super) struct Own {
    pub(super) status: u16,
    pub(super) code: String,
    pub(super) description: String,
    pub(super) suggestion: Option<LitStr>,
    /// Where a second case with the same code is reported.
    span: Span,
}

/// `None` only after a mistake was reported.
pub(super) fn check(input: &DeriveInput, errors: &mut Errors) -> Option<ErrorType> {
    if let Some(parameter) = input.generics.params.first() {
        let message = "an error of operations has no generic parameters: \
                       its codes stand in the catalogue";
        errors.at(parameter.span(), message);
    }
    let (core, cases) = match &input.data {
        Data::Union(data) => {
            let message = "an error of operations is an enum or a struct, not a union";
            errors.at(data.union_token.span, message);
            return None;
        }
        Data::Struct(data) => {
            let problem = Problem::read(&input.attrs, Place::Struct, errors);
            let core = problem.core.clone();
            let one = case(&input.ident, &input.attrs, &data.fields, problem, errors);
            (core, one.map(|kind| Case { variant: None, kind }).into_iter().collect())
        }
        Data::Enum(data) => {
            let core = Problem::read(&input.attrs, Place::Enum, errors).core;
            let mut cases = Vec::new();
            for variant in &data.variants {
                let problem = Problem::read(&variant.attrs, Place::Variant, errors);
                let kind = case(&variant.ident, &variant.attrs, &variant.fields, problem, errors);
                let variant = Some(variant.ident.clone());
                cases.extend(kind.map(|kind| Case { variant, kind }));
            }
            (core, cases)
        }
    };
    check_codes(&cases, errors);
    Some(ErrorType { ident: input.ident.clone(), core, cases })
}

/// `None` only after a mistake was reported.
fn case(
    ident: &Ident,
    attributes: &[Attribute],
    fields: &Fields,
    problem: Problem,
    errors: &mut Errors,
) -> Option<Kind> {
    if problem.is_broken {
        return None;
    }
    if let Some(word) = &problem.transparent {
        return transparent(word, fields, &problem, errors);
    }
    let Some(status) = problem.status else {
        let message = format!(
            "`{ident}` has no status; say one, as in `#[problem(status = 409)]`, \
             or `#[problem(transparent)]` where its field is an error of operations already"
        );
        errors.at(ident.span(), message);
        return None;
    };
    let span = problem.code.as_ref().map_or_else(|| ident.span(), LitStr::span);
    let own_name = || snake_case(&ident.unraw().to_string());
    Some(Kind::Own(Own {
        status,
        code: problem.code.as_ref().map_or_else(own_name, LitStr::value),
        description: docs::text(attributes),
        suggestion: problem.suggestion,
        span,
    }))
}

fn transparent(
    word: &Ident,
    fields: &Fields,
    problem: &Problem,
    errors: &mut Errors,
) -> Option<Kind> {
    let has_others =
        problem.status.is_some() || problem.code.is_some() || problem.suggestion.is_some();
    if has_others {
        let message = "`transparent` stands alone: status, code and suggestion are those of \
                       the field";
        errors.at(word.span(), message);
        return None;
    }
    let mut members = fields.members().zip(fields.iter());
    if let (Some((member, field)), None) = (members.next(), members.next()) {
        return Some(Kind::Transparent { member, ty: Box::new(field.ty.clone()) });
    }
    errors.at(word.span(), "`transparent` needs exactly one field: the error that is passed on");
    None
}

/// Clients tell cases apart by their codes.
fn check_codes(cases: &[Case], errors: &mut Errors) {
    let mut known: Vec<&str> = Vec::new();
    for case in cases {
        let Kind::Own(own) = &case.kind else { continue };
        if known.contains(&own.code.as_str()) {
            let message = format!("another case has the code `{}` already", own.code);
            errors.at(own.span, message);
        } else {
            known.push(&own.code);
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use syn::parse_quote;

    fn mistakes(input: &DeriveInput) -> String {
        let mut errors = Errors::new();
        check(input, &mut errors);
        errors.finish().err().map(|tokens| tokens.to_string()).unwrap_or_default()
    }

    #[test]
    fn every_mistake_is_found_in_one_go() {
        let text = mistakes(&parse_quote! {
            #[problem(status = 400)]
            enum Error<T> {
                NoStatus,
                #[problem(status = 200)] Success,
                #[problem(status = 409, colour = "red")] Unknown,
                #[problem(status = 409, code = "Sold Out")] Word,
                #[problem(status = 404)] Gone,
                #[problem(status = 410, code = "gone")] GoneToo,
                #[problem(transparent, status = 500)] Both(T),
                #[problem(transparent)] Two(T, T),
                #[problem] Bare,
            }
        });
        for expected in [
            "no generic parameters",
            "unknown key `status`; expected one of `crate`",
            "`NoStatus` has no status",
            "from 400 to 599",
            "unknown key `colour`",
            "a code is one word",
            "another case has the code `gone`",
            "`transparent` stands alone",
            "exactly one field",
            "expected keys",
        ] {
            assert!(text.contains(expected), "{expected}: {text}");
        }
        assert_eq!(text.matches("compile_error").count(), 10);
    }
}
