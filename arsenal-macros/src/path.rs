//! Path templates: `/api/v1/nodes/{node}`.

use syn::LitStr;

use crate::{errors::Errors, expected::list};

/// A template and the names that it captures.
pub(crate) struct PathTemplate {
    pub(crate) literal: LitStr,
    pub(crate) captures: Vec<String>,
}

/// What stands for any capture in the name of a route.
const CAPTURE: &str = "CAPTURE";

impl PathTemplate {
    pub(crate) fn new(literal: LitStr, errors: &mut Errors) -> Self {
        let text = literal.value();
        let mut captures: Vec<String> = Vec::new();
        if let Some(message) = shape_error(&text) {
            errors.at(literal.span(), message);
        }
        for segment in text.split('/').skip(1) {
            match capture(segment) {
                Ok(None) => {}
                Ok(Some(name)) if captures.iter().any(|known| known == name) => {
                    errors.at(literal.span(), format!("the path captures `{{{name}}}` twice"));
                }
                Ok(Some(name)) => captures.push(name.to_owned()),
                Err(message) => errors.at(literal.span(), message),
            }
        }
        Self { literal, captures }
    }

    /// The aliases of a path capture what the path captures.
    pub(crate) fn check_alias(&self, alias: &Self, errors: &mut Errors) {
        let (mut own, mut other) = (self.captures.clone(), alias.captures.clone());
        own.sort();
        other.sort();
        if own != other {
            let expected = if own.is_empty() {
                "nothing".to_owned()
            } else {
                format!("exactly {}", list(own))
            };
            let message = format!("an alias captures what the path captures: {expected}");
            errors.at(alias.literal.span(), message);
        }
    }

    /// A name that two operations share if and only if they have the same route; captures count
    /// as equal whatever their names. It stands in rustc's message, so it is kept readable.
    pub(crate) fn route_name(&self, method: &str) -> String {
        let text = self.literal.value();
        let segments: Vec<String> = text
            .split('/')
            .skip(1)
            .map(
                |segment| {
                    if segment.starts_with('{') { CAPTURE.to_owned() } else { plain(segment) }
                },
            )
            .collect();
        let name = format!("duplicate_route_{}__{}", method.to_uppercase(), segments.join("__"));
        let is_exact = text.split('/').skip(1).all(is_plain);
        if is_exact { name } else { format!("{name}__{:016x}", hash(&without_captures(&text))) }
    }
}

fn shape_error(text: &str) -> Option<&'static str> {
    if !text.starts_with('/') {
        Some("a path starts with `/`")
    } else if text.len() > 1 && text.ends_with('/') {
        Some("a path does not end with `/`")
    } else if text.contains("//") {
        Some("a path has no empty segments")
    } else if text.contains(['?', '#', ' ', '%']) {
        Some("a path has no query, no spaces and no percent-encoding")
    } else {
        None
    }
}

/// The name of a segment that is a capture.
fn capture(segment: &str) -> Result<Option<&str>, String> {
    if let Some(name) = segment.strip_prefix(':') {
        return Err(format!(
            "`{segment}` captures nothing; a capture is a whole segment `{{{name}}}`"
        ));
    }
    if !segment.contains(['{', '}', '*']) {
        return Ok(None);
    }
    segment
        .strip_prefix('{')
        .and_then(|rest| rest.strip_suffix('}'))
        .filter(|name| !name.is_empty() && !name.contains(['{', '}', '*', ':']))
        .map(Some)
        .ok_or_else(|| {
            format!("`{segment}` is not a capture; a capture is a whole segment `{{name}}`")
        })
}

/// Whether `plain` loses nothing and `__` still separates segments.
fn is_plain(segment: &str) -> bool {
    segment.starts_with('{')
        || (segment.chars().all(|letter| letter.is_ascii_alphanumeric() || letter == '_')
            && segment != CAPTURE
            && !segment.contains("__")
            && !segment.starts_with('_')
            && !segment.ends_with('_'))
}

fn plain(segment: &str) -> String {
    segment
        .chars()
        .map(|letter| if letter.is_ascii_alphanumeric() { letter } else { '_' })
        .collect()
}

fn without_captures(text: &str) -> String {
    let segments: Vec<&str> = text
        .split('/')
        .map(|segment| if segment.starts_with('{') { "{}" } else { segment })
        .collect();
    segments.join("/")
}

/// FNV-1a.
fn hash(text: &str) -> u64 {
    text.bytes().fold(0xcbf2_9ce4_8422_2325, |hash, byte| {
        (hash ^ u64::from(byte)).wrapping_mul(0x0100_0000_01b3)
    })
}

#[cfg(test)]
mod tests {
    use super::*;
    use proc_macro2::Span;

    fn template(text: &str) -> (PathTemplate, usize) {
        let mut errors = Errors::new();
        let template = PathTemplate::new(LitStr::new(text, Span::call_site()), &mut errors);
        let count = errors
            .finish()
            .err()
            .map_or(0, |tokens| tokens.to_string().matches("compile_error").count());
        (template, count)
    }

    fn route(text: &str) -> String {
        template(text).0.route_name("get")
    }

    #[test]
    fn captures_are_whole_segments() {
        let (good, errors) = template("/api/nodes/{node}/x/{pid}");
        assert_eq!((good.captures, errors), (vec!["node".to_owned(), "pid".to_owned()], 0));
        for bad in ["api", "/a/", "/a//b", "/a{b}", "/{*rest}", "/{}", "/{a}/{a}", "/:a", "/a?b"] {
            assert_eq!(template(bad).1, 1, "{bad}");
        }
        assert_eq!(template("/").1, 0);
    }

    #[test]
    fn routes_are_named_alike_only_if_they_are_the_same() {
        assert_eq!(route("/api/v1/nodes/{a}"), "duplicate_route_GET__api__v1__nodes__CAPTURE");
        assert_eq!(route("/nodes/{a}"), route("/nodes/{b}"));
        assert_ne!(route("/nodes/{a}"), route("/nodes/CAPTURE"));
        assert_ne!(route("/a-b"), route("/a_b"));
        assert_ne!(route("/a__b"), route("/a/b"));
        assert_ne!(route("/a.b"), route("/a-b"));
    }
}
