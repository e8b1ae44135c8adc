//! A parameter, once it is known where it stands and what it is called.

use proc_macro2::{Ident, Span};
use syn::{Type, ext::IdentExt as _};

use crate::{errors::Errors, param::Param};

/// Where a parameter stands in a request. The names are those of `Location` in core.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Place {
    Path,
    Query,
    Header,
    Body,
    WholeBody,
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
    for (index, parameter) in parameters.iter().enumerate() {
        let name = &parameter.name;
        if name.to_lowercase().starts_with(RESERVED) {
            let message =
                format!("no parameter's name starts with `{RESERVED}`: they are reserved");
            errors.at(parameter.name_span(), message);
        } else if !is_good_name(name, parameter.place) {
            let message = format!("`{name}` cannot be the name of a parameter");
            errors.at(parameter.name_span(), message);
        } else if parameters.iter().take(index).any(|earlier| earlier.name == *name) {
            errors.at(parameter.name_span(), format!("two parameters are called `{name}`"));
        }
    }
}

/// What is wrong with the rules of parameters.
pub(crate) fn check_rules(parameters: &[Parameter], errors: &mut Errors) {
    let all = parameters.iter().map(|parameter| &parameter.param);
    for bounds in all.flat_map(|param| [&param.range, &param.length]).flatten() {
        let (Some(min), Some(max)) = (&bounds.min, &bounds.max) else { continue };
        if let (Some(low), Some(high)) = (whole_number(min), whole_number(max))
            && low > high
        {
            let message = format!("`max` is less than `min`, which is {low}");
            errors.push(syn::Error::new_spanned(max, message));
        }
    }
}

/// Whether a type is spelled with this name, whatever stands before and in it.
pub(crate) fn is_last_segment(ty: &Type, name: &str) -> bool {
    let Type::Path(path) = ty else { return false };
    path.path.segments.last().is_some_and(|segment| segment.ident == name)
}

/// The value of a literal, with its sign.
pub(crate) fn whole_number(expression: &syn::Expr) -> Option<i128> {
    match expression {
        syn::Expr::Lit(syn::ExprLit { lit: syn::Lit::Int(number), .. }) => {
            number.base10_parse().ok()
        }
        syn::Expr::Unary(syn::ExprUnary { op: syn::UnOp::Neg(_), expr, .. }) => {
            whole_number(expr)?.checked_neg()
        }
        _ => None,
    }
}

fn is_good_name(name: &str, place: Place) -> bool {
    let is_token =
        |letter: char| letter.is_ascii_alphanumeric() || "!#$%&'*+-.^_`|~".contains(letter);
    !name.is_empty()
        && !name.contains(char::is_control)
        && (place != Place::Header || name.chars().all(is_token))
}
