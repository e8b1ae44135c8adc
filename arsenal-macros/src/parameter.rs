//! A parameter, once it is known where it stands and what it is called.

use proc_macro2::{Ident, Span};
use syn::{
    Expr, ExprLit, ExprUnary, GenericArgument, Lit, PathArguments, Type, UnOp, ext::IdentExt as _,
    spanned::Spanned as _,
};

use crate::{errors::Errors, param::Param};

/// Where a parameter stands in a request. The names are those of `Location` in core.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Place {
    Path,
    Query,
    Header,
    Body,
    WholeBody,
    RawBody,
}

/// One argument that is a parameter.
pub(crate) struct Parameter {
    /// The argument.
    pub(crate) ident: Ident,
    pub(crate) ty: Type,
    /// The name in requests.
    pub(crate) name: String,
    pub(crate) place: Place,
    pub(crate) description: String,
    pub(crate) param: Param,
}

/// No parameter may look like one of the framework's own headers.
const RESERVED: &str = "arsenal";

impl Parameter {
    /// Where the name was written.
    pub(crate) fn name_span(&self) -> Span {
        self.param.name.as_ref().map_or_else(|| self.ident.span(), syn::LitStr::span)
    }

    /// Where its place was chosen, else its argument.
    pub(crate) fn place_span(&self) -> Span {
        self.param.place.map_or_else(|| self.ident.span(), |(_, span)| span)
    }

    /// Whether it contributes the fields of its struct, instead of being one itself.
    pub(crate) fn is_flat(&self) -> bool {
        self.param.flatten.is_some()
    }

    /// Whether a request may leave it out, as far as the type's spelling shows.
    pub(crate) fn is_spelled_optional(&self) -> bool {
        is_last_segment(&self.ty, "Option")
    }
}

/// The name of an argument in requests.
pub(crate) fn wire_name(ident: &Ident, param: &Param) -> String {
    let plain = || ident.unraw().to_string();
    match (&param.name, param.place) {
        (Some(name), _) => name.value(),
        (None, Some((Place::Header, _))) => plain().replace('_', "-"),
        (None, _) => plain(),
    }
}

/// What is wrong with the names of parameters.
pub(crate) fn check_names(parameters: &[Parameter], errors: &mut Errors) {
    for (index, parameter) in parameters.iter().enumerate().filter(|(_, it)| !it.is_flat()) {
        let name = &parameter.name;
        if name.to_lowercase().starts_with(RESERVED) {
            let message =
                format!("no parameter's name starts with `{RESERVED}`: they are reserved");
            errors.at(parameter.name_span(), message);
        } else if !is_good_name(name, parameter.place) {
            let message = format!("`{name}` cannot be the name of a parameter");
            errors.at(parameter.name_span(), message);
        } else if parameters.iter().take(index).any(|it| it.name == *name && !it.is_flat()) {
            errors.at(parameter.name_span(), format!("two parameters are called `{name}`"));
        }
    }
}

/// What is wrong with the rules of parameters.
pub(crate) fn check_rules(parameters: &[Parameter], errors: &mut Errors) {
    for parameter in parameters {
        check_keys(parameter, errors);
    }
    let all = parameters.iter().map(|parameter| &parameter.param);
    let items = all.clone().filter_map(|param| param.items.as_ref());
    let items = items.flat_map(|items| [&items.range, &items.length]);
    let bounds = all.flat_map(|param| [&param.range, &param.length]).chain(items);
    for bounds in bounds.flatten() {
        let (Some(min), Some(max)) = (&bounds.min, &bounds.max) else { continue };
        if let (Some(low), Some(high)) = (whole_number(min), whole_number(max))
            && low > high
        {
            let message = format!("`max` is less than `min`, which is {low}");
            errors.push(syn::Error::new_spanned(max, message));
        }
    }
}

/// What is wrong with keys beside each other.
fn check_keys(parameter: &Parameter, errors: &mut Errors) {
    /// What can be asked of bytes.
    const OF_BYTES: [&str; 4] = ["length", "content_type", "deprecated", "name"];
    let Parameter { param, place, .. } = parameter;
    if parameter.is_flat() {
        for (key, span) in param.given() {
            errors.at(span, format!("`{key}` stands on a field of the flattened struct"));
        }
        if !matches!(place, Place::Query | Place::Body) {
            errors.at(parameter.place_span(), "flattened fields stand in the query or the body");
        }
        return;
    }
    if *place == Place::RawBody {
        for (key, span) in param.given().filter(|(key, _)| !OF_BYTES.contains(key)) {
            errors.at(span, format!("`{key}` cannot be asked of bytes; `length` counts them"));
        }
        return;
    }
    if param.items.is_some() && is_spelled_single(&parameter.ty) {
        errors.at(parameter.ty.span(), "`items(…)` is for lists, sets and options of them");
    }
    if let Some(content_type) = &param.content_type {
        let message = "`content_type` is for a body as it came: `#[param(body)] data: Bytes`";
        errors.at(content_type.span(), message);
    }
}

/// Whether a type is spelled as one of those that everybody knows to be no list.
fn is_spelled_single(ty: &Type) -> bool {
    const SINGLE: [&str; 17] = [
        "bool", "char", "String", "f32", "f64", "u8", "u16", "u32", "u64", "u128", "usize", "i8",
        "i16", "i32", "i64", "i128", "isize",
    ];
    SINGLE.into_iter().any(|name| is_last_segment(ty, name))
}

/// Whether a type is spelled as the bytes of a body.
pub(crate) fn is_bytes(ty: &Type) -> bool {
    is_last_segment(ty, "Bytes")
        || is_last_segment(ty, "Option") && first_argument(ty).is_some_and(is_bytes)
}

fn first_argument(ty: &Type) -> Option<&Type> {
    let Type::Path(path) = ty else { return None };
    let PathArguments::AngleBracketed(arguments) = &path.path.segments.last()?.arguments else {
        return None;
    };
    let GenericArgument::Type(ty) = arguments.args.first()? else { return None };
    Some(ty)
}

/// Whether a type is spelled with this name, whatever stands before and in it.
pub(crate) fn is_last_segment(ty: &Type, name: &str) -> bool {
    let Type::Path(path) = ty else { return false };
    path.path.segments.last().is_some_and(|segment| segment.ident == name)
}

/// The value of a literal, with its sign.
pub(crate) fn whole_number(expression: &Expr) -> Option<i128> {
    if let Expr::Unary(ExprUnary { op: UnOp::Neg(_), expr, .. }) = expression {
        return whole_number(expr)?.checked_neg();
    }
    let Expr::Lit(ExprLit { lit: Lit::Int(number), .. }) = expression else { return None };
    number.base10_parse().ok()
}

fn is_good_name(name: &str, place: Place) -> bool {
    let is_token =
        |letter: char| letter.is_ascii_alphanumeric() || "!#$%&'*+-.^_`|~".contains(letter);
    !name.is_empty()
        && !name.contains(char::is_control)
        && (place != Place::Header || name.chars().all(is_token))
}
