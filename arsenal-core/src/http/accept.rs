//! Whether a client accepts what an operation answers: JSON, or events.

use http::{HeaderMap, header::ACCEPT};

use crate::{
    answer::{DRY_RUN_MEDIA_TYPE, EVENTS_MEDIA_TYPE, JSON_MEDIA_TYPE},
    error::{Code, OperationError},
    headers::DRY_RUN,
    spec::Answers,
};

/// Media ranges that JSON is in, the most specific first.
const JSON: [&str; 3] = [JSON_MEDIA_TYPE, "application/*", "*/*"];

/// The same for server-sent events.
const EVENTS: [&str; 3] = [EVENTS_MEDIA_TYPE, "text/*", "*/*"];

/// Refuses a request whose `Accept` leaves out what the operation answers; without one anything is
/// accepted.
///
/// A dry run answers a type of its own, which clients may name instead.
pub(super) fn check(answers: Answers, headers: &HeaderMap) -> Result<(), OperationError> {
    let ranges = match answers {
        Answers::Once => JSON,
        Answers::Stream { .. } => EVENTS,
    };
    if !headers.contains_key(ACCEPT)
        || ranges.iter().find_map(|range| is_accepted(headers, range)).unwrap_or(false)
        || (is_tried(headers) && is_accepted(headers, DRY_RUN_MEDIA_TYPE).unwrap_or(false))
    {
        return Ok(());
    }
    let [media_type, ..] = ranges;
    let detail = format!("the answer is `{media_type}`, which the header `Accept` leaves out");
    Err(OperationError::new(Code::NotAcceptable, detail))
}

fn is_tried(headers: &HeaderMap) -> bool {
    headers.get(&DRY_RUN).is_some_and(|value| value == "true")
}

/// What the client says of this range, if it names it.
fn is_accepted(headers: &HeaderMap, range: &str) -> Option<bool> {
    let texts = headers.get_all(ACCEPT).iter().filter_map(|value| value.to_str().ok());
    texts.flat_map(|text| text.split(',')).find_map(|item| {
        let mut parts = item.split(';').map(str::trim);
        let is_named = parts.next()?.eq_ignore_ascii_case(range);
        is_named.then(|| !parts.any(is_weight_of_zero))
    })
}

/// `q=0`, `q=0.0`, `q=0.00`: not at all.
fn is_weight_of_zero(parameter: &str) -> bool {
    let weight = parameter.strip_prefix("q=").or_else(|| parameter.strip_prefix("Q="));
    weight.is_some_and(|weight| weight.parse::<f32>().is_ok_and(|weight| weight <= 0.0))
}

#[cfg(test)]
mod tests {
    use http::HeaderValue;

    use super::*;

    #[test]
    fn the_most_specific_range_decides() {
        let cases = [
            ("application/json", true),
            ("text/html, */*;q=0.8", true),
            ("Application/*", true),
            ("text/html", false),
            ("application/json;q=0, */*", false),
            ("application/problem+json", false),
            ("", false),
        ];
        for (accept, expected) in cases {
            let headers = HeaderMap::from_iter([(ACCEPT, HeaderValue::from_static(accept))]);
            assert_eq!(check(Answers::Once, &headers).is_ok(), expected, "{accept}");
        }
        assert!(check(Answers::Once, &HeaderMap::new()).is_ok());
    }

    #[test]
    fn a_dry_run_may_be_named() {
        for (accept, is_tried, expected) in [
            (DRY_RUN_MEDIA_TYPE, "true", true),
            (DRY_RUN_MEDIA_TYPE, "false", false),
            ("application/json", "true", true),
            ("text/html", "true", false),
        ] {
            let headers = HeaderMap::from_iter([
                (ACCEPT, HeaderValue::from_static(accept)),
                (DRY_RUN, HeaderValue::from_static(is_tried)),
            ]);
            assert_eq!(check(Answers::Once, &headers).is_ok(), expected, "{accept}");
        }
    }

    #[test]
    fn a_stream_is_of_another_type() {
        for (accept, expected) in [
            ("text/event-stream", true),
            ("text/*", true),
            ("*/*", true),
            ("application/json", false),
        ] {
            let headers = HeaderMap::from_iter([(ACCEPT, HeaderValue::from_static(accept))]);
            let stream = Answers::Stream { is_resumable: false };
            assert_eq!(check(stream, &headers).is_ok(), expected, "{accept}");
        }
    }
}
