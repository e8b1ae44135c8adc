//! Routes that cannot be served side by side.

use std::collections::BTreeMap;

use super::error::whence;
use crate::spec::OperationSpec;

/// Paths under which a node tells of itself: no operation may have one of them.
pub const OWN_PATHS: [&str; 4] = ["/openapi.json", "/openapi-3.0.json", "/docs", "/metrics"];

/// Operations under one path, by the path with its captures erased.
type Routes = BTreeMap<String, Vec<(&'static str, &'static OperationSpec)>>;

/// Every route that is malformed, taken by Arsenal itself, or claimed twice in one version.
///
/// Two templates that differ only in the names of their captures are one path: neither the router
/// nor OpenAPI can tell them apart, so all operations of a path must spell it alike.
pub(super) fn problems(operations: &[&'static OperationSpec]) -> Vec<String> {
    let mut problems = Vec::new();
    let mut routes = Routes::new();
    for spec in operations {
        for template in std::iter::once(spec.path).chain(spec.aliases.iter().copied()) {
            problems.extend(
                template_problem(template)
                    .map(|what| format!("{}: the path `{template}` {what}", whence(spec))),
            );
            let taken = routes.entry(erased(template)).or_default();
            problems.extend(conflict(taken, template, spec));
            taken.push((template, spec));
        }
    }
    problems
}

fn conflict(
    taken: &[(&'static str, &'static OperationSpec)],
    template: &str,
    spec: &'static OperationSpec,
) -> Option<String> {
    let same_method = taken
        .iter()
        .find(|(_, other)| other.method == spec.method && other.versions.overlap(spec.versions));
    if let Some((_, other)) = same_method {
        let method = spec.method.as_str();
        return Some(format!(
            "{} has the route `{method} {template}` of {}",
            whence(spec),
            whence(other),
        ));
    }
    let (spelling, other) = taken.iter().find(|(spelling, _)| *spelling != template)?;
    Some(format!(
        "{} has the path `{template}`, which {} spells `{spelling}`: spell both alike",
        whence(spec),
        whence(other),
    ))
}

/// `/nodes/{node}` → `/nodes/{}`.
fn erased(template: &str) -> String {
    let erase = |segment| if is_capture(segment) { "{}" } else { segment };
    template.split('/').map(erase).collect::<Vec<_>>().join("/")
}

fn is_capture(segment: &str) -> bool {
    segment.strip_prefix('{').and_then(|rest| rest.strip_suffix('}')).is_some_and(is_name)
}

fn is_name(text: &str) -> bool {
    !text.is_empty() && text.bytes().all(|byte| byte.is_ascii_alphanumeric() || byte == b'_')
}

/// What the router could not serve.
fn template_problem(template: &str) -> Option<&'static str> {
    let Some(rest) = template.strip_prefix('/') else {
        return Some("does not start with `/`");
    };
    if OWN_PATHS.iter().any(|path| {
        template.strip_prefix(path).is_some_and(|rest| rest.is_empty() || rest.starts_with('/'))
    }) {
        return Some("is served by Arsenal itself");
    }
    rest.split('/').find_map(segment_problem)
}

fn segment_problem(segment: &str) -> Option<&'static str> {
    if segment.is_empty() {
        Some("has an empty segment")
    } else if is_capture(segment) {
        None
    } else if segment.contains(['{', '}']) {
        Some("has a segment that is neither plain text nor one `{name}`")
    } else if segment.starts_with([':', '*']) {
        Some("has a segment that starts with `:` or `*`; write `{name}`")
    } else {
        None
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_template_is_plain_segments_and_captures() {
        for good in ["/a", "/a/{id}", "/a/{id}/b-c", "/docsy"] {
            assert_eq!(template_problem(good), None, "{good}");
        }
        for bad in [
            "a", "/", "/a/", "/a//b", "/a/{id}x", "/a/{*id}", "/a/:id", "/docs", "/docs/a",
            "/metrics",
        ] {
            assert!(template_problem(bad).is_some(), "{bad}");
        }
        assert_eq!(erased("/a/{id}/b"), "/a/{}/b");
    }
}
