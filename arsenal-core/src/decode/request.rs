//! The texts of an HTTP request: path, query, headers.

use std::iter;

use http::HeaderMap;

use super::{
    UnknownNames,
    encoding::{Encoding, decoded},
    list::Slots,
    query::{is_name, pairs, values},
    report::Report,
    rules::broken_range,
    text::{TextError, Texts},
};
use crate::{
    error::ViolationPlace,
    limits::VIOLATIONS_LISTED_MAX,
    nearest::meant,
    spec::{Location, Parameter},
};

/// Where parameters that are text come from.
pub(super) struct TextSources<'a> {
    pub(super) template: &'a str,
    pub(super) path: &'a str,
    pub(super) query: &'a str,
    pub(super) headers: &'a HeaderMap,
}

impl TextSources<'_> {
    /// Reads every parameter of path, query and header into its slot.
    pub(super) fn collect(
        &self,
        slots: &mut dyn Slots,
        parameters: &[Parameter],
        unknown: UnknownNames,
        report: &mut Report,
    ) {
        for (index, parameter) in parameters.iter().enumerate() {
            let found = match self.find(parameter) {
                Ok(None) => continue,
                Ok(Some(texts)) => texts,
                Err(error) => {
                    report.parameter(index, parameter, "", error.to_string());
                    continue;
                }
            };
            if let Err(error) = slots.read_texts(index, found) {
                refuse_text(found, &error, (index, parameter), report);
            }
        }
        if unknown == UnknownNames::Refused {
            refuse_unknown(self.query, parameters, report);
        }
    }

    fn find<'a>(&'a self, parameter: &'a Parameter) -> Result<Option<Texts<'a>>, TextError> {
        match parameter.location {
            Location::Path => {
                let capture = capture(self.template, self.path, parameter.name);
                Ok(capture.map(|segment| Texts::one(segment, Encoding::Path)))
            }
            Location::Query => {
                let mut found = values(self.query, parameter.name);
                let Some(first) = found.next() else { return Ok(None) };
                let is_repeated = found.next().is_some();
                Ok(Some(Texts::of_query(first, is_repeated, self.query, parameter.name)))
            }
            Location::Header => Texts::of_headers(self.headers, parameter.name),
            Location::Body | Location::WholeBody | Location::RawBody => Ok(None),
        }
    }
}

/// A number that no value of the type can be is outside of the range all the more.
#[cold]
fn refuse_text(
    texts: Texts<'_>,
    error: &TextError,
    (index, parameter): (usize, &Parameter),
    report: &mut Report,
) {
    let number = texts.scalar().unwrap_or_default();
    match broken_range(parameter.rules, &number) {
        Some(rule) => report.broken_rule(index, parameter, rule),
        None => {
            let expected = error.narrowed(parameter.rules);
            report.parameter(index, parameter, "", expected.to_string());
        }
    }
}

fn refuse_unknown(query: &str, parameters: &[Parameter], report: &mut Report) {
    let known = || parameters.iter().filter(|parameter| parameter.location == Location::Query);
    for (raw, _) in pairs(query) {
        if known().any(|parameter| is_name(raw, parameter.name)) {
            continue;
        }
        let name = decoded(raw, Encoding::Query).unwrap_or_else(|| raw.into());
        let is_listed = report.unknown_count() < VIOLATIONS_LISTED_MAX;
        let names = known().map(|parameter| parameter.name);
        let nearest = if is_listed { meant(&name, names) } else { None };
        report.unknown(ViolationPlace::Query, &name, nearest);
    }
}

/// The segment of the path that stands where the template says `{name}`. Both are read from the
/// end, so that a prefix under which the router is mounted does no harm.
pub(super) fn capture<'a>(template: &str, path: &'a str, name: &str) -> Option<&'a str> {
    let is_it = |segment: &str| {
        segment.strip_prefix('{').and_then(|rest| rest.strip_suffix('}')) == Some(name)
    };
    segments(template).zip(segments(path)).find(|(segment, _)| is_it(segment)).map(|(_, at)| at)
}

/// The segments of a path, the last one first. Cheaper for short texts than a search for a pattern.
fn segments(path: &str) -> impl Iterator<Item = &str> {
    let mut rest = Some(path);
    iter::from_fn(move || {
        let path = rest?;
        let slash = path.bytes().rposition(|byte| byte == b'/');
        rest = slash.and_then(|slash| path.get(..slash));
        path.get(slash.map_or(0, |slash| slash + 1)..)
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn captures_are_found_under_any_prefix() {
        let template = "/nodes/{node}/processes/{pid}";
        for path in ["/nodes/a/processes/1%2F2", "/mounted/here/nodes/a/processes/1%2F2"] {
            assert_eq!(capture(template, path, "node"), Some("a"));
            assert_eq!(capture(template, path, "pid"), Some("1%2F2"));
            assert_eq!(capture(template, path, "nodes"), None);
        }
        assert_eq!(capture(template, "/short", "node"), None);
    }
}
