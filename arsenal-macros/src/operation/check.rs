//! Whether attribute and signature fit each other.

use syn::{
    GenericArgument, LitStr, Path, PathArguments, ReturnType, Signature as FnSignature, Type,
    spanned::Spanned as _,
};

use super::{
    amounts::{Rate, Version},
    attribute::{Attribute, Method},
    target::{Target, is_seen_by_plan, unseen},
};
use crate::{
    errors::Errors,
    expected::list,
    param::Param,
    parameter::{self, Parameter, Place, is_last_segment},
    path::PathTemplate,
    signature::{Argument, Kind, Signature},
};

/// An operation without mistakes.
pub(super) struct Operation {
    pub(super) function: syn::Ident,
    pub(super) method: Method,
    pub(super) path: PathTemplate,
    pub(super) aliases: Vec<PathTemplate>,
    pub(super) name: Option<LitStr>,
    pub(super) tag: Option<LitStr>,
    pub(super) summary: String,
    pub(super) description: String,
    pub(super) target: Target,
    pub(super) gather: Gather,
    pub(super) require: &'static str,
    pub(super) partition: &'static str,
    pub(super) access: &'static str,
    pub(super) timeout_ms: u64,
    pub(super) status: u16,
    pub(super) is_deprecated: bool,
    pub(super) body_limit: Option<usize>,
    pub(super) concurrency: Option<u32>,
    pub(super) rate: Option<Rate>,
    pub(super) is_idempotent: bool,
    pub(super) since: Option<Version>,
    pub(super) until: Option<Version>,
    pub(super) core: Option<Path>,
    /// What the function is called with, in order.
    pub(super) arguments: Vec<Passed>,
    pub(super) states: Vec<Type>,
    pub(super) parameters: Vec<Parameter>,
    pub(super) answer: Type,
    pub(super) error: Type,
}

/// How the answers of many nodes become one.
pub(super) enum Gather {
    PerNode,
    Pages,
    With(Path),
}

/// What stands at one place of the call.
#[derive(Clone, Copy)]
pub(super) enum Passed {
    Context,
    State(usize),
    Parameter(usize),
}

const TIMEOUT_MS_DEFAULT: u64 = 5_000;

/// `None` only after a mistake was reported.
pub(super) fn check(
    attribute: Attribute,
    signature: Signature,
    function: &FnSignature,
    errors: &mut Errors,
) -> Option<Operation> {
    let returned = returned(function, errors);
    let captures = attribute.path.as_ref().map_or(&[][..], |path| &path.captures);
    let Sorted { arguments, states, parameters } =
        sort(signature.arguments, attribute.method, captures);
    parameter::check_names(&parameters, errors);
    parameter::check_rules(&parameters, errors);
    check_places(&parameters, &attribute, errors);
    let target = attribute.target.unwrap_or(Target::Here);
    target.check(&parameters, errors);
    check_fan_out_keys(&target, attribute.gather.as_ref(), attribute.require.as_ref(), errors);
    if let (Some(_), Some(tag)) = (&attribute.name, &attribute.tag) {
        errors.at(tag.span(), "`name` has the tag in front of its dot already");
    }
    let (answer, error) = returned?;
    let gather =
        gather(&target, attribute.gather.map(|(_, path)| path), &answer, &parameters, errors);
    let method = attribute.method?;
    let is_get = method == Method::Get;
    let partition_default = if !is_get && target.is_all_nodes() { "Majority" } else { "Any" };
    Some(Operation {
        function: function.ident.clone(),
        method,
        path: attribute.path?,
        aliases: attribute.aliases,
        name: attribute.name,
        tag: attribute.tag,
        summary: signature.summary,
        description: signature.description,
        gather,
        require: attribute.require.map_or("Any", |(_, variant)| variant),
        partition: attribute.partition.map_or(partition_default, |(_, variant)| variant),
        access: attribute.access.map_or(if is_get { "Read" } else { "Operate" }, |(_, it)| it),
        timeout_ms: attribute.timeout_ms.unwrap_or(TIMEOUT_MS_DEFAULT),
        status: attribute.status.unwrap_or(200),
        is_deprecated: attribute.deprecated.is_some(),
        body_limit: attribute.body_limit,
        concurrency: attribute.concurrency,
        rate: attribute.rate,
        is_idempotent: attribute.idempotent.is_some(),
        since: attribute.since,
        until: attribute.until,
        core: attribute.core,
        target,
        arguments,
        states,
        parameters,
        answer,
        error,
    })
}

/// `T` and `E` of `Result<T, E>`.
fn returned(function: &FnSignature, errors: &mut Errors) -> Option<(Type, Type)> {
    const EXPECTED: &str = "an operation returns `Result<T, OperationError>`, spelled out";
    let ty = match &function.output {
        ReturnType::Default => {
            errors.at(function.ident.span(), EXPECTED);
            return None;
        }
        ReturnType::Type(_, ty) => ty,
    };
    let result = result_types(ty);
    if result.is_none() {
        errors.at(ty.span(), EXPECTED);
    }
    result
}

fn result_types(ty: &Type) -> Option<(Type, Type)> {
    let Type::Path(path) = ty else { return None };
    let last = path.path.segments.last().filter(|segment| segment.ident == "Result")?;
    let PathArguments::AngleBracketed(arguments) = &last.arguments else { return None };
    let mut arguments = arguments.args.iter();
    match (arguments.next(), arguments.next(), arguments.next()) {
        (Some(GenericArgument::Type(answer)), Some(GenericArgument::Type(error)), None) => {
            Some((answer.clone(), error.clone()))
        }
        _ => None,
    }
}

struct Sorted {
    arguments: Vec<Passed>,
    states: Vec<Type>,
    parameters: Vec<Parameter>,
}

fn sort(arguments: Vec<Argument>, method: Option<Method>, captures: &[String]) -> Sorted {
    let mut sorted = Sorted { arguments: Vec::new(), states: Vec::new(), parameters: Vec::new() };
    for Argument { ident, ty, kind } in arguments {
        sorted.arguments.push(match kind {
            Kind::Context => Passed::Context,
            Kind::State => {
                sorted.states.push(ty);
                Passed::State(sorted.states.len() - 1)
            }
            Kind::Parameter { param, description } => {
                let name = parameter::wire_name(&ident, &param);
                let place = place(&name, &param, &ty, method, captures);
                let param = *param;
                sorted.parameters.push(Parameter { ident, ty, name, place, description, param });
                Passed::Parameter(sorted.parameters.len() - 1)
            }
        });
    }
    sorted
}

fn place(
    name: &str,
    param: &Param,
    ty: &Type,
    method: Option<Method>,
    captures: &[String],
) -> Place {
    let given = param.place.map(|(place, _)| place);
    match (given, &param.flatten) {
        (None, Some(_)) => default_place(name, method, &[]),
        (None, None) => default_place(name, method, captures),
        // The fields are the whole body together.
        (Some(Place::WholeBody), Some(_)) => Place::Body,
        (Some(Place::WholeBody), None) if parameter::is_bytes(ty) => Place::RawBody,
        (Some(place), _) => place,
    }
}

fn default_place(name: &str, method: Option<Method>, captures: &[String]) -> Place {
    if captures.iter().any(|capture| capture == name) {
        Place::Path
    } else if matches!(method, Some(Method::Get | Method::Delete)) {
        Place::Query
    } else {
        Place::Body
    }
}

fn check_places(parameters: &[Parameter], attribute: &Attribute, errors: &mut Errors) {
    if let Some(path) = &attribute.path {
        check_captures(parameters, path, errors);
        for alias in &attribute.aliases {
            path.check_alias(alias, errors);
        }
    }
    check_body(parameters, attribute.method, errors);
}

fn check_captures(parameters: &[Parameter], path: &PathTemplate, errors: &mut Errors) {
    for capture in &path.captures {
        match parameters.iter().find(|it| it.name == *capture && !it.is_flat()) {
            None => {
                let known = parameters.iter().map(|parameter| &parameter.name);
                let known = if parameters.is_empty() { "none".to_owned() } else { list(known) };
                let message = format!(
                    "the path captures `{{{capture}}}`, but no parameter is called `{capture}`; \
                     the parameters are {known}"
                );
                errors.at(path.literal.span(), message);
            }
            Some(parameter) if parameter.place != Place::Path => {
                errors.at(parameter.place_span(), format!("`{capture}` stands in the path"));
            }
            Some(_) => {}
        }
    }
    for parameter in parameters.iter().filter(|parameter| parameter.place == Place::Path) {
        if !path.captures.contains(&parameter.name) {
            let message = format!("the path does not capture `{{{}}}`", parameter.name);
            errors.at(parameter.place_span(), message);
        } else if let Some(default) = &parameter.param.default {
            let message = "a parameter of the path is always given: it has no default";
            errors.push(syn::Error::new_spanned(default, message));
        }
    }
}

fn check_body(parameters: &[Parameter], method: Option<Method>, errors: &mut Errors) {
    let is_whole = |it: &&Parameter| matches!(it.place, Place::WholeBody | Place::RawBody);
    let mut whole = parameters.iter().filter(is_whole);
    let Some(first) = whole.next() else { return };
    if method == Some(Method::Get) {
        errors.at(first.place_span(), "a GET request has no body");
    }
    for second in whole {
        errors.at(second.place_span(), "only one argument can be the whole body");
    }
    for field in parameters.iter().filter(|parameter| parameter.place == Place::Body) {
        let message = format!(
            "`{}` would be a field of the body, but `{}` is the whole body",
            field.name, first.name
        );
        errors.at(field.ident.span(), message);
    }
}

fn check_fan_out_keys(
    target: &Target,
    gather: Option<&(syn::Ident, Path)>,
    require: Option<&(syn::Ident, &'static str)>,
    errors: &mut Errors,
) {
    if target.is_all_nodes() {
        return;
    }
    let keys = [gather.map(|(key, _)| key), require.map(|(key, _)| key)];
    for key in keys.into_iter().flatten() {
        errors.at(key.span(), format!("`{key}` is for `target = all_nodes`"));
    }
}

fn gather(
    target: &Target,
    function: Option<Path>,
    answer: &Type,
    parameters: &[Parameter],
    errors: &mut Errors,
) -> Gather {
    if let Some(function) = function {
        return Gather::With(function);
    }
    if !target.is_all_nodes() || !is_last_segment(answer, "Page") {
        return Gather::PerNode;
    }
    check_page_parameters(answer, parameters, errors);
    Gather::Pages
}

/// Core itself reads and replaces `limit` and `cursor` of a page over all nodes.
fn check_page_parameters(answer: &Type, parameters: &[Parameter], errors: &mut Errors) {
    const NAMES: [&str; 2] = ["limit", "cursor"];
    for parameter in parameters.iter().filter(|it| NAMES.contains(&it.name.as_str())) {
        if !is_seen_by_plan(parameter) {
            errors.at(parameter.place_span(), unseen(&parameter.name));
        }
    }
    let is_missing = |name: &&str| !parameters.iter().any(|parameter| parameter.name == *name);
    let missing: Vec<&str> = NAMES.into_iter().filter(is_missing).collect();
    // A flattened struct may have them: the registry looks at start.
    if !missing.is_empty() && !parameters.iter().any(Parameter::is_flat) {
        let message = format!(
            "a `Page` over all nodes needs the parameters `limit` and `cursor`; missing: {}",
            list(missing)
        );
        errors.at(answer.span(), message);
    }
}
