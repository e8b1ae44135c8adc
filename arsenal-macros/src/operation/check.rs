//! Whether attribute and signature fit each other.

use syn::{LitStr, Path, Signature as FnSignature, Type, spanned::Spanned as _};

use super::{
    amounts::{Rate, Version},
    attribute::{Attribute, Method},
    date::{Date, Deprecated},
    returned::{self, Returned},
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
    pub(super) rehearse: Option<Path>,
    pub(super) require: &'static str,
    pub(super) partition: &'static str,
    pub(super) access: &'static str,
    pub(super) timeout_ms: u64,
    pub(super) status: u16,
    pub(super) is_deprecated: bool,
    pub(super) deprecated_from: Option<Date>,
    pub(super) sunset: Option<Date>,
    pub(super) body_limit: Option<usize>,
    pub(super) concurrency: Option<u32>,
    pub(super) rate: Option<Rate>,
    pub(super) is_idempotent: bool,
    pub(super) since: Option<Version>,
    pub(super) until: Option<Version>,
    pub(super) replaced_by: Option<LitStr>,
    pub(super) core: Option<Path>,
    /// What the function is called with, in order.
    pub(super) arguments: Vec<Passed>,
    pub(super) states: Vec<Type>,
    pub(super) parameters: Vec<Parameter>,
    pub(super) returned: Returned,
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
    let stream_key = attribute.stream.as_ref().map(syn::Ident::span);
    let returned = returned::read(function, stream_key, errors);
    let captures = attribute.path.as_ref().map_or(&[][..], |path| &path.captures);
    let Sorted { arguments, states, parameters } =
        sort(signature.arguments, attribute.method, captures);
    parameter::check_names(&parameters, errors);
    parameter::check_rules(&parameters, errors);
    check_places(&parameters, &attribute, errors);
    check_end(&attribute, errors);
    check_stream_keys(&attribute, errors);
    check_versions(&attribute, errors);
    let target = attribute.target.unwrap_or(Target::Here);
    target.check(&parameters, errors);
    if let (Some((key, _)), false) = (&attribute.rehearse, matches!(target, Target::Here)) {
        errors.at(key.span(), "`rehearse` is for `target = here`: all others say where they run");
    }
    if stream_key.is_none() {
        check_fan_out_keys(&target, attribute.gather.as_ref(), attribute.require.as_ref(), errors);
    }
    if let (Some(_), Some(tag)) = (&attribute.name, &attribute.tag) {
        errors.at(tag.span(), "`name` has the tag in front of its dot already");
    }
    let returned = returned?;
    let function_of_gather = attribute.gather.map(|(_, path)| path);
    let gather = gather(&target, function_of_gather, &returned, &parameters, errors);
    check_idempotent(attribute.idempotent.as_ref(), attribute.method, &gather, errors);
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
        rehearse: attribute.rehearse.map(|(_, path)| path),
        require: attribute.require.map_or("Any", |(_, variant)| variant),
        partition: attribute.partition.map_or(partition_default, |(_, variant)| variant),
        access: attribute.access.map_or(if is_get { "Read" } else { "Operate" }, |(_, it)| it),
        timeout_ms: attribute.timeout_ms.unwrap_or(TIMEOUT_MS_DEFAULT),
        status: attribute.status.map_or(200, |(_, status)| status),
        is_deprecated: attribute.deprecated.is_some(),
        deprecated_from: match attribute.deprecated {
            Some(Deprecated::From(date)) => Some(date),
            Some(Deprecated::Undated) | None => None,
        },
        sunset: attribute.sunset.map(|(_, date)| date),
        body_limit: attribute.body_limit,
        concurrency: attribute.concurrency,
        rate: attribute.rate,
        is_idempotent: attribute.idempotent.is_some(),
        since: attribute.since,
        until: attribute.until.map(|(_, version)| version),
        replaced_by: attribute.replaced_by.map(|(_, name)| name),
        core: attribute.core,
        target,
        arguments,
        states,
        parameters,
        returned,
    })
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
                let message =
                    format!("the path captures `{{{capture}}}`, so it is read from there");
                errors.at(parameter.place_span(), message);
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
        } else if parameter.is_spelled_optional() {
            let message = "a parameter of the path is always given: it is no `Option`";
            errors.push(syn::Error::new_spanned(&parameter.ty, message));
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

fn check_end(attribute: &Attribute, errors: &mut Errors) {
    let Some((key, sunset)) = &attribute.sunset else { return };
    match &attribute.deprecated {
        None => errors.at(key.span(), "`sunset` is for operations that are `deprecated`"),
        // Days of four, two and two digits sort as texts.
        Some(Deprecated::From(from)) if sunset.day < from.day => {
            errors.at(key.span(), "the sunset lies before the operation is `deprecated`");
        }
        Some(_) => {}
    }
}

fn check_idempotent(
    key: Option<&syn::Ident>,
    method: Option<Method>,
    gather: &Gather,
    errors: &mut Errors,
) {
    let Some(key) = key else { return };
    if method == Some(Method::Get) {
        errors.at(key.span(), "a GET request changes nothing: `idempotent` is for other methods");
    } else if matches!(gather, Gather::Pages) {
        let message =
            "a `Page` over all nodes asks a node more than once: it takes no `idempotent`";
        errors.at(key.span(), message);
    }
}

/// What answers once can have, and a stream cannot.
fn check_stream_keys(attribute: &Attribute, errors: &mut Errors) {
    let Some(stream) = &attribute.stream else { return };
    if !matches!(attribute.method, None | Some(Method::Get | Method::Post)) {
        errors.at(stream.span(), "a `stream` is for `get`, or for `post` where it takes a body");
    }
    let keys = [
        attribute.gather.as_ref().map(|(key, _)| key),
        attribute.require.as_ref().map(|(key, _)| key),
        attribute.status.as_ref().map(|(key, _)| key),
        attribute.rehearse.as_ref().map(|(key, _)| key),
        attribute.idempotent.as_ref(),
    ];
    for key in keys.into_iter().flatten() {
        errors.at(key.span(), format!("`{key}` is for one answer, not for a `stream`"));
    }
}

fn check_versions(attribute: &Attribute, errors: &mut Errors) {
    if let (Some(since), Some((key, until))) = (attribute.since, &attribute.until)
        && since >= *until
    {
        let message = "`until` is the first version without the operation: it comes after `since`";
        errors.at(key.span(), message);
    }
    if let Some((key, _)) = &attribute.replaced_by
        && attribute.until.is_none()
        && attribute.deprecated.is_none()
    {
        let message =
            "`replaced_by` is for an operation that ends: say `until` or `deprecated`, too";
        errors.at(key.span(), message);
    }
}

fn gather(
    target: &Target,
    function: Option<Path>,
    returned: &Returned,
    parameters: &[Parameter],
    errors: &mut Errors,
) -> Gather {
    if let Some(function) = function {
        return Gather::With(function);
    }
    let is_paged = returned.stream.is_none() && is_last_segment(&returned.answer, "Page");
    if !target.is_all_nodes() || !is_paged {
        return Gather::PerNode;
    }
    check_page_parameters(&returned.answer, parameters, errors);
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
