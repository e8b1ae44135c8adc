//! What must hold before a catalogue is served. Every check reports all that it finds.

use std::collections::BTreeMap;

use super::{error::whence, places, routes, schemas, unenforced};
use crate::{
    answer::Gather,
    spec::{Location, OperationSpec, Parameter, Rule, Target},
};

/// Parameters that core itself sets to fill a page over all nodes.
const PAGE_PARAMETERS: [&str; 2] = ["limit", "cursor"];

/// Names that start like this belong to the framework's headers.
const RESERVED_PREFIX: &str = "arsenal";

/// Everything that is wrong with a catalogue, sorted by name.
pub(super) fn problems(operations: &[&'static OperationSpec]) -> Vec<String> {
    if operations.is_empty() {
        return vec![String::from(
            "no operation is linked; name each crate of operations with `arsenal_core::operations!`",
        )];
    }
    let mut problems = duplicate_names(operations);
    problems.extend(routes::problems(operations));
    for spec in operations {
        let found = parameter_problems(spec)
            .chain(target_problem(spec))
            .chain(status_problem(spec))
            .chain(error_problems(spec));
        problems.extend(found.map(|problem| format!("{}: {problem}", whence(spec))));
    }
    problems.extend(unknown_replacements(operations));
    problems.extend(places::problems(operations));
    problems.extend(schemas::problems(operations));
    problems.extend(unenforced::problems(operations));
    problems
}

fn duplicate_names(operations: &[&'static OperationSpec]) -> Vec<String> {
    let mut first: BTreeMap<&str, &OperationSpec> = BTreeMap::new();
    let mut problems = Vec::new();
    for spec in operations {
        if let Some(other) = first.get(spec.name) {
            let at = &other.source;
            let (whence, file, line) = (whence(spec), at.file, at.line);
            problems.push(format!("{whence} has the name of the one at {file}:{line}"));
        } else {
            first.insert(spec.name, spec);
        }
    }
    problems
}

fn unknown_replacements(operations: &[&'static OperationSpec]) -> Vec<String> {
    let unknown = |spec: &&'static OperationSpec| {
        let name = spec.versions.replaced_by?;
        let is_known = operations.iter().any(|other| other.name == name);
        let problem = || format!("{} is replaced by `{name}`, which is not there", whence(spec));
        (!is_known).then(problem)
    };
    operations.iter().filter_map(unknown).collect()
}

fn parameter_problems(spec: &'static OperationSpec) -> impl Iterator<Item = String> {
    spec.parameters.iter().flat_map(|parameter| {
        let reserved =
            parameter.name.to_ascii_lowercase().starts_with(RESERVED_PREFIX).then(|| {
                format!(
                    "parameter `{}` starts with the reserved `{RESERVED_PREFIX}`",
                    parameter.name
                )
            });
        reserved.into_iter().chain(bad_patterns(parameter))
    })
}

fn bad_patterns(parameter: &Parameter) -> impl Iterator<Item = String> {
    let name = parameter.name;
    let of_items = parameter.rules.iter().flat_map(|rule| match rule {
        Rule::Items(rules) => rules,
        Rule::Range { .. } | Rule::Length { .. } | Rule::Pattern(_) => &[][..],
    });
    parameter.rules.iter().chain(of_items).filter_map(move |rule| match rule {
        Rule::Pattern(pattern) => pattern
            .error()
            .map(|error| format!("the pattern of `{name}` is no regular expression: {error}")),
        Rule::Range { .. } | Rule::Length { .. } | Rule::Items(_) => None,
    })
}

/// Parameters that its target or its gathering needs, and that it has not.
fn target_problem(spec: &'static OperationSpec) -> impl Iterator<Item = String> {
    let chosen = match spec.target {
        Target::Node { parameter }
        | Target::Owner { parameter }
        | Target::AllNodes { only: Some(parameter) } => Some(parameter),
        Target::AllNodes { only: None } | Target::Here | Target::Any => None,
    };
    let merges_pages =
        matches!((spec.target, spec.gather), (Target::AllNodes { .. }, Gather::Pages));
    let unknown = chosen
        .filter(|name| spec.parameter(name).is_none())
        .map(|name| format!("its target names the parameter `{name}`, which it has not"));
    let paged = PAGE_PARAMETERS.into_iter().filter(move |_| merges_pages);
    let unpaged = paged
        .clone()
        .filter(|name| spec.parameter(name).is_none())
        .map(|name| format!("it answers pages of all nodes and has no parameter `{name}`"));
    let unseen = chosen.into_iter().chain(paged).filter(|name| !is_seen_by_plan(spec, name));
    let unseen =
        unseen.map(|name| format!("its parameter `{name}` must be in the path or the query"));
    unknown.into_iter().chain(unpaged).chain(unseen).chain(owner_problem(spec))
}

/// Nobody owns what was not named.
fn owner_problem(spec: &'static OperationSpec) -> Option<String> {
    let Target::Owner { parameter } = spec.target else { return None };
    let is_optional = spec.parameter(parameter).is_some_and(|it| !it.is_required());
    is_optional
        .then(|| format!("its target is the owner of `{parameter}`, which a request may leave out"))
}

/// Nodes are chosen and pages are split before the body is decoded.
fn is_seen_by_plan(spec: &OperationSpec, name: &str) -> bool {
    spec.parameter(name)
        .is_none_or(|parameter| matches!(parameter.location, Location::Path | Location::Query))
}

fn status_problem(spec: &'static OperationSpec) -> Option<String> {
    let status = spec.status;
    (!(200..300).contains(&status)).then(|| format!("the status {status} is not one of success"))
}

/// Errors that the derive cannot have checked: they were listed by hand or come from several types.
fn error_problems(spec: &'static OperationSpec) -> impl Iterator<Item = String> {
    let cases = (spec.error_cases)();
    let no_failures = cases.iter().filter(|case| !(400..600).contains(&case.status)).map(|case| {
        format!("the status {} of its error `{}` is not one of failure", case.status, case.code)
    });
    let ambiguous = cases.iter().enumerate().filter_map(|(index, case)| {
        let before = cases.iter().take(index);
        let other = before
            .into_iter()
            .find(|other| other.code == case.code && other.status != case.status)?;
        let (code, one, two) = (case.code, other.status, case.status);
        Some(format!("its error `{code}` has the statuses {one} and {two}"))
    });
    no_failures.chain(ambiguous)
}
