//! Path, query and headers.

use arsenal_core::prelude::*;
use axum::body::Body;
use serde_json::json;

use super::{fine, get, request, send, violations};

#[derive(Debug, serde::Serialize, serde::Deserialize, schemars::JsonSchema)]
#[serde(rename_all = "snake_case")]
enum Kind {
    Actor,
    Supervisor,
}

/// Shows all captures.
#[operation(get, "/api/v1/captures/{text}/{number}/{kind}/{flag}/{letter}/{ratio}", tag = "text")]
#[expect(clippy::too_many_arguments, reason = "one of each kind")]
async fn show_captures(
    text: String,
    number: i64,
    kind: Kind,
    flag: bool,
    letter: char,
    #[param(range(max = 1.0))] ratio: f64,
) -> Result<(String, i64, Kind, bool, char, f64), OperationError> {
    Ok((text, number, kind, flag, letter, ratio))
}

/// Answers what was given.
#[operation(get, "/api/v1/texts", tag = "text")]
#[expect(clippy::too_many_arguments, reason = "one of each kind")]
async fn show_texts(
    #[param(items(length(min = 1, max = 3), pattern = "^[a-z]*$"), length(max = 4))] tags: Vec<
        String,
    >,
    #[param(items(range(min = 1, max = 9)))] counts: Option<Vec<u8>>,
    #[param(range(min = 1, max = 100))] small: Option<u8>,
    #[param(name = "type", example = "actor")] kind: Option<Kind>,
    #[param(default = 'x')] letter: char,
    #[param(default = true)] flag: bool,
    #[param(header, length(max = 5))] x_trace: Option<String>,
    #[param(header, name = "x-levels", items(range(max = 5)))] levels: Option<Vec<u8>>,
    #[param(deprecated)] old: Option<String>,
) -> Result<serde_json::Map<String, serde_json::Value>, OperationError> {
    let all = json!({
        "tags": tags, "counts": counts, "small": small, "type": kind, "letter": letter,
        "flag": flag, "trace": x_trace, "levels": levels, "old": old,
    });
    Ok(all.as_object().cloned().unwrap_or_default())
}

#[tokio::test]
async fn captures_are_typed_and_decoded_once() {
    let path = "/api/v1/captures/a%2Fb%20c+d%252F/-5/supervisor/true/%C3%A4/0.5";
    let expected = json!(["a/b c+d%2F", -5, "supervisor", true, "ä", 0.5]);
    assert_eq!(fine(get(path).await), expected);
    let wrong = violations(get("/api/v1/captures/x/1.5/none/yes/ab/2").await);
    assert_eq!(
        wrong,
        [
            "path number : is not a whole number from -9223372036854775808 to 9223372036854775807",
            "path kind : must be `actor` or `supervisor`, not `none`",
            "path flag : is not `true` or `false`",
            "path letter : is not one character",
            "path ratio : must be at most 1",
        ]
    );
}

#[tokio::test]
async fn lists_are_repeated_or_separated_by_commas() {
    for query in ["tags=a&tags=b&counts=1&counts=2", "counts=1,2&tags=a,b", "tags=%61,b&counts=1,2"]
    {
        let answer = fine(get(&format!("/api/v1/texts?{query}")).await);
        assert_eq!((&answer["tags"], &answer["counts"]), (&json!(["a", "b"]), &json!([1, 2])));
        assert_eq!((&answer["letter"], &answer["flag"]), (&json!("x"), &json!(true)));
        assert_eq!((&answer["small"], &answer["trace"]), (&json!(null), &json!(null)));
    }
}

#[tokio::test]
async fn every_item_that_breaks_a_rule_is_named() {
    let wrong = violations(get("/api/v1/texts?tags=a,toolong,B,,c&counts=1&counts=0").await);
    assert_eq!(
        wrong,
        [
            "query tags : must have a length of at most 4",
            "query tags : item 2: must have a length of 1 to 3",
            "query tags : item 4: must have a length of 1 to 3",
            "query tags : item 3: must match `^[a-z]*$`",
            "query counts : item 2: must be 1 to 9",
        ]
    );
}

#[tokio::test]
async fn a_number_beyond_its_width_is_told_the_range() {
    for small in ["0", "101", "256", "-1", "99999999999999999999999999999999999999999999"] {
        let wrong = violations(get(&format!("/api/v1/texts?tags=a&small={small}")).await);
        assert_eq!(wrong, ["query small : must be 1 to 100"], "{small}");
    }
    let wrong = violations(get("/api/v1/texts?tags=a&small=few").await);
    assert_eq!(wrong, ["query small : is not a whole number from 1 to 100"]);
}

#[tokio::test]
async fn an_empty_value_is_told_what_is_expected() {
    for query in ["small=", "small"] {
        let wrong = violations(get(&format!("/api/v1/texts?tags=a&{query}")).await);
        assert_eq!(
            wrong,
            ["query small : is empty: it must be a whole number from 1 to 100"],
            "{query}"
        );
    }
    let wrong = violations(get("/api/v1/texts?tags=a&counts=1,,2").await);
    let item = "query counts : item 2: is empty: it must be a whole number from 0 to 255";
    assert_eq!(wrong, [item]);
}

#[tokio::test]
async fn headers_are_parameters() {
    let ask = |trace: &'static str, levels: &'static [&'static str]| {
        let mut request = request("GET", "/api/v1/texts?tags=a").header("x-trace", trace);
        for level in levels {
            request = request.header("X-Levels", *level);
        }
        send(request.body(Body::empty()).unwrap())
    };
    let answer = fine(ask("a+%41", &["1, 2"]).await);
    assert_eq!((&answer["trace"], &answer["levels"]), (&json!("a+%41"), &json!([1, 2])));
    let answer = fine(ask("", &["1", "2"]).await);
    assert_eq!((&answer["trace"], &answer["levels"]), (&json!(""), &json!([1, 2])));
    let wrong = violations(ask("too long", &["1", "9"]).await);
    assert_eq!(
        wrong,
        [
            "header x-trace : must have a length of at most 5",
            "header x-levels : item 2: must be at most 5"
        ]
    );
}

#[tokio::test]
async fn unknown_and_repeated_names_are_refused() {
    let wrong = violations(get("/api/v1/texts?tags=a&tgas=b&flag=true&flag=true").await);
    assert_eq!(
        wrong,
        [
            "query flag : is given more than once",
            "query tgas : is not a parameter of this operation; did you mean `tags`?",
        ]
    );
}
