//! Decoding as a whole, on slots written by hand.

use http::HeaderMap;
use schemars::JsonSchema;
use serde::Deserialize;

use super::*;
use crate::{
    error::ViolationPlace::{self, Body, Header, Path, Query},
    pattern::Pattern,
    spec::{Location, Number, Rule},
};

macro_rules! argument {
    ($marker:ident: $value:ty $(, $default:expr)?) => {
        #[derive(Debug)]
        enum $marker {}
        impl Named for $marker {
            type Value = $value;
            $( fn default() -> Option<$value> { Some($default) } )?
        }
    };
}

#[derive(Debug, PartialEq, Deserialize, JsonSchema)]
#[serde(rename_all = "snake_case")]
enum Kind {
    Actor,
    Supervisor,
}

#[derive(Debug, PartialEq, Deserialize, JsonSchema)]
struct Point {
    x: u64,
    y: i64,
}

#[derive(Debug, PartialEq, Deserialize, JsonSchema)]
#[serde(tag = "shape", rename_all = "snake_case")]
enum Shape {
    Square { side: u8 },
}

argument!(Id: String);
argument!(Limit: u32, 100);
argument!(KindOf: Option<Kind>);
argument!(Tags: Vec<String>);
argument!(Trace: Option<String>);
argument!(Points: Vec<Point>);
argument!(Form: Option<Shape>);
argument!(Ratio: f32, 1.0);
argument!(Biggest: u64);
argument!(Least: i64);
argument!(Any: Option<serde_json::Value>);

impl RangeOf for Limit {
    type Value = u32;
}
impl LengthOf for Id {
    type Value = String;
}
impl PatternOf for Id {
    type Value = String;
}

fn parameter<A: Named>(
    name: &'static str,
    location: Location,
    rules: &'static [Rule],
) -> Parameter {
    Parameter {
        name,
        location,
        description: "",
        schema: parameter_schema::<A>,
        is_optional: is_optional::<A>,
        rules,
        default: None,
        example: None,
        is_deprecated: false,
        media_type: None,
    }
}

static LETTERS: Pattern = Pattern::new("^[a-z/ ]*$");
const LIMIT: &[Rule] =
    &[Rule::Range { min: Some(Number::Integer(1)), max: Some(Number::Integer(1000)) }];
static ID: [Rule; 2] = [Rule::Length { min: None, max: Some(5) }, Rule::Pattern(&LETTERS)];

type IdSlot = Checked<Matching<Id>, Checked<OfLength<Id>, Held<Id, Text>>>;
type LimitSlot = Checked<InRange<Limit>, Held<Limit, Text>>;
type QuerySlots =
    (IdSlot, (LimitSlot, (Held<KindOf, Text>, (Held<Tags, Text>, (Held<Trace, Text>, ())))));
type QueryValues = (String, (u32, (Option<Kind>, (Vec<String>, (Option<String>, ())))));

fn query_parameters() -> [Parameter; 5] {
    [
        parameter::<Id>("id", Location::Path, &ID),
        parameter::<Limit>("limit", Location::Query, LIMIT),
        parameter::<KindOf>("type", Location::Query, &[]),
        parameter::<Tags>("tag", Location::Query, &[]),
        parameter::<Trace>("x-trace", Location::Header, &[]),
    ]
}

fn get(path: &str, query: &str, headers: &HeaderMap) -> Result<QueryValues, InvalidInput> {
    let arguments = Arguments::Http { template: "/a/{id}", path, query, headers, body: b"" };
    decode::<QuerySlots>(&query_parameters(), arguments, UnknownNames::Refused)
}

fn get_query(query: &str) -> Result<QueryValues, InvalidInput> {
    get("/a/x", query, &HeaderMap::new())
}

type BodySlots = (
    Held<Points, Field>,
    (
        Held<Form, Field>,
        (Held<Ratio, Field>, (Held<Biggest, Field>, (Held<Least, Field>, (Held<Any, Field>, ())))),
    ),
);

fn body_parameters() -> [Parameter; 6] {
    [
        parameter::<Points>("points", Location::Body, &[]),
        parameter::<Form>("form", Location::Body, &[]),
        parameter::<Ratio>("ratio", Location::Body, &[]),
        parameter::<Biggest>("biggest", Location::Body, &[]),
        parameter::<Least>("least", Location::Body, &[]),
        parameter::<Any>("any/thing", Location::Body, &[]),
    ]
}

fn post(body: &str, unknown: UnknownNames) -> Result<<BodySlots as Typed>::Values, InvalidInput> {
    let headers = &HeaderMap::new();
    let arguments =
        Arguments::Http { template: "/", path: "/", query: "", headers, body: body.as_bytes() };
    decode::<BodySlots>(&body_parameters(), arguments, unknown)
}

fn wrong<T: std::fmt::Debug>(
    result: Result<T, InvalidInput>,
) -> Vec<(ViolationPlace, String, String, String)> {
    let invalid = result.unwrap_err();
    let all = invalid.violations().iter().cloned();
    all.map(|violation| (violation.place, violation.name, violation.pointer, violation.message))
        .collect()
}

fn messages<T: std::fmt::Debug>(result: Result<T, InvalidInput>) -> Vec<String> {
    wrong(result).into_iter().map(|(_, name, _, message)| format!("{name} {message}")).collect()
}

#[test]
fn lines_of_one_header_are_one_list() {
    let mut headers = HeaderMap::new();
    for line in ["a, b", "", "c"] {
        headers.append("x-tag", line.parse().unwrap());
    }
    let texts = Texts::of_headers(&headers, "x-tag").unwrap().unwrap();
    assert_eq!(Vec::<String>::deserialize(texts).unwrap(), ["a", "b", "c"]);
}

#[test]
fn text_becomes_values() {
    let mut headers = HeaderMap::new();
    headers.insert("x-trace", http::HeaderValue::from_bytes("ä".as_bytes()).unwrap());
    let query = "tag=a+b&limit=7&type=supervisor&t%61g=c%2Cd";
    let (id, (limit, (kind, (tags, (trace, ()))))) = get("/a/x%2Fy", query, &headers).unwrap();
    assert_eq!((&*id, limit, kind), ("x/y", 7, Some(Kind::Supervisor)));
    assert_eq!((tags, trace.as_deref()), (vec!["a b".to_owned(), "c,d".to_owned()], Some("ä")));
}

#[test]
fn what_is_not_given_is_default_or_none() {
    let (_, (limit, (kind, (tags, (trace, ()))))) = get_query("tag=").unwrap();
    assert_eq!((limit, kind, tags, trace), (100, None, vec![], None));
}

#[test]
fn a_single_text_is_split_at_its_commas() {
    let (_, (_, (_, (tags, _)))) = get_query("tag=a,b%2Cc,").unwrap();
    assert_eq!(tags, ["a", "b,c", ""]);
}

#[test]
fn nine_mistakes_are_nine_violations_in_the_order_of_the_parameters() {
    let mut headers = HeaderMap::new();
    headers.append("x-trace", "1".parse().unwrap());
    headers.append("x-trace", "2".parse().unwrap());
    let query = "limits=1&limit=0&type=x&offset=%C3%A4&typ=&b=%ff";
    assert_eq!(
        wrong(get("/a/TooLong", query, &headers)),
        [
            (Path, "id", "", "must have a length of at most 5"),
            (Path, "id", "", "must match `^[a-z/ ]*$`"),
            (Query, "limit", "", "must be 1 to 1000"),
            (Query, "type", "", "must be `actor` or `supervisor`, not `x`"),
            (Query, "tag", "", "is missing"),
            (Header, "x-trace", "", "is given more than once"),
            (Query, "limits", "", "is not a parameter of this operation; did you mean `limit`?"),
            (Query, "offset", "", "is not a parameter of this operation"),
            (Query, "typ", "", "is not a parameter of this operation; did you mean `type`?"),
            (Query, "b", "", "is not a parameter of this operation"),
        ]
        .map(|(place, name, pointer, message): (_, &str, &str, &str)| {
            (place, name.to_owned(), pointer.to_owned(), message.to_owned())
        })
    );
}

#[test]
fn texts_that_are_not_utf8_are_refused() {
    assert_eq!(messages(get_query("tag=%ff")), ["tag item 1: is not UTF-8"]);
    assert_eq!(messages(get("/a/%c3", "tag=", &HeaderMap::new())), ["id is not UTF-8"]);
    let mut headers = HeaderMap::new();
    headers.insert("x-trace", http::HeaderValue::from_bytes(b"\xff").unwrap());
    assert_eq!(messages(get("/a/x", "tag=", &headers)), ["x-trace is not UTF-8"]);
}

#[test]
fn a_scalar_has_one_value() {
    assert_eq!(messages(get_query("tag=&limit=1&limit=1")), ["limit is given more than once"]);
    let expected = ["limit is not a whole number from 1 to 1000"];
    for bad in ["1.0", "1,2", "0x1"] {
        assert_eq!(messages(get_query(&format!("tag=&limit={bad}"))), expected, "{bad}");
    }
    let empty = ["limit is empty: it must be a whole number from 1 to 1000"];
    assert_eq!(messages(get_query("tag=&limit=")), empty);
    // A number that does not even fit the type breaks the narrower rule all the more.
    for bad in ["-1", "4294967296"] {
        let found = messages(get_query(&format!("tag=&limit={bad}")));
        assert_eq!(found, ["limit must be 1 to 1000"], "{bad}");
    }
}

#[test]
fn a_body_becomes_values_to_the_last_bit() {
    let body = r#"{"least":-9223372036854775808,"points":[{"x":18446744073709551615,"y":-1}],
        "biggest":18446744073709551615,"form":{"shape":"square","side":1}}"#;
    let (points, (form, (ratio, (biggest, (least, (any, ())))))) =
        post(body, UnknownNames::Refused).unwrap();
    assert_eq!(points, [Point { x: u64::MAX, y: -1 }]);
    assert_eq!((form, ratio.to_bits()), (Some(Shape::Square { side: 1 }), 1.0_f32.to_bits()));
    assert_eq!((biggest, least, any), (u64::MAX, i64::MIN, None));
}

#[test]
fn every_mistake_of_a_body_has_a_pointer() {
    let body = r#"{"points":[{"x":1,"y":2},{"x":-1,"y":2}],"form":{"shape":"round"},"ratio":"1",
        "biggest":1,"biggest":2,"biggest":3,"leest":1,"a/b":2}"#;
    let found = wrong(post(body, UnknownNames::Refused));
    let found: Vec<_> = found.iter().map(|it| (it.0, &*it.1, &*it.2)).collect();
    assert_eq!(
        found,
        [
            (Body, "points", "/points/1/x"),
            (Body, "form", "/form/shape"),
            (Body, "ratio", "/ratio"),
            (Body, "biggest", "/biggest"),
            (Body, "least", "/least"),
            (Body, "leest", "/leest"),
            (Body, "a/b", "/a~1b"),
        ]
    );
    let texts = messages(post(body, UnknownNames::Refused));
    assert_eq!(texts[3], "biggest is given more than once");
    assert_eq!(texts[4], "least is missing");
    assert_eq!(texts[5], "leest is not a field of this operation; did you mean `least`?");
}

#[test]
fn unknown_names_are_skipped_where_another_node_checked() {
    let body = r#"{"new":[[{}]],"points":[],"biggest":1,"least":1}"#;
    assert!(post(body, UnknownNames::Ignored).is_ok());
    assert_eq!(messages(post(body, UnknownNames::Refused)).len(), 1);
    let body = r#"{"new":[[{}]],"points":1,"biggest":1,"least":1}"#;
    assert_eq!(messages(post(body, UnknownNames::Ignored)).len(), 1);
    let headers = &HeaderMap::new();
    let arguments = Arguments::Http {
        template: "/a/{id}",
        path: "/a/b",
        query: "tag=&x=1",
        headers,
        body: b"",
    };
    assert!(decode::<QuerySlots>(&query_parameters(), arguments, UnknownNames::Ignored).is_ok());
}

#[test]
fn an_empty_body_is_an_empty_object() {
    let expected = ["points is missing", "biggest is missing", "least is missing"];
    assert_eq!(messages(post("", UnknownNames::Refused)), expected);
}

#[test]
fn what_is_not_json_is_malformed() {
    for bad in ["{", "{\"points\":[1,}", "nonsense", "{} {}", "\u{0}", "[1", "{\"a\":\"\u{1}\"}"] {
        let invalid = post(bad, UnknownNames::Refused).unwrap_err();
        assert!(invalid.is_malformed(), "{bad}");
    }
    let invalid = post("[1]", UnknownNames::Refused).unwrap_err();
    assert!(!invalid.is_malformed());
    assert_eq!(messages(post("[1]", UnknownNames::Refused)), [" must be an object, not a list"]);
}

#[test]
fn no_depth_of_nesting_exhausts_the_stack() {
    let deep = "[".repeat(100_000) + &"]".repeat(100_000);
    let in_value = format!(r#"{{"any/thing":{deep},"points":{deep},"form":{deep},"b":{deep}}}"#);
    let open = "[".repeat(100_000);
    let objects = "{\"points\":".repeat(100_000);
    for unknown in [UnknownNames::Refused, UnknownNames::Ignored] {
        for body in [&deep, &in_value, &open, &objects] {
            assert!(post(body, unknown).is_err());
        }
    }
}

#[test]
fn violations_are_bounded_whatever_was_sent() {
    let fields: Vec<String> = (0..5_000).map(|index| format!("\"f{index}\":0")).collect();
    let long = "x".repeat(100_000);
    let body = format!(r#"{{"points":"{long}","{long}":1,{}}}"#, fields.join(","));
    let invalid = post(&body, UnknownNames::Refused).unwrap_err();
    assert_eq!(invalid.to_string(), "5004 values are not as described");
    assert_eq!(invalid.violations().len(), 50);
    assert!(invalid.violations().iter().all(|it| it.message.len() + it.name.len() < 1_000));
}

#[test]
fn a_whole_body_is_one_value() {
    type Slots = (Held<Points, Whole>, ());
    let parameters = [parameter::<Points>("points", Location::WholeBody, &[])];
    let read = |body: &str| {
        let headers = &HeaderMap::new();
        let body = body.as_bytes();
        let arguments = Arguments::Http { template: "/", path: "/", query: "", headers, body };
        decode::<Slots>(&parameters, arguments, UnknownNames::Refused)
    };
    assert_eq!(read(r#"[{"x":1,"y":2}]"#).unwrap().0.len(), 1);
    assert_eq!(wrong(read(r#"[{"x":1,"y":2},{"x":""}]"#))[0].2, "/1/x");
    assert!(read("[").unwrap_err().is_malformed());
    let object = Arguments::Json(br#"{"points":[{"x":1}]}"#);
    let found = wrong(decode::<Slots>(&parameters, object, UnknownNames::Refused));
    assert_eq!((&*found[0].1, &*found[0].2), ("points", "/0"));
}

#[test]
fn one_object_serves_all_places() {
    let read = |json: &str| {
        let arguments = Arguments::Json(json.as_bytes());
        decode::<QuerySlots>(&query_parameters(), arguments, UnknownNames::Refused)
    };
    let (id, (limit, (kind, _))) =
        read(r#"{"id":"a","tag":["b"],"type":"actor","limit":2,"x-trace":null}"#).unwrap();
    assert_eq!((&*id, limit, kind), ("a", 2, Some(Kind::Actor)));
    let found = wrong(read(r#"{"id":1,"limit":0,"tag":"b"}"#));
    let found: Vec<_> = found.iter().map(|it| (it.0, &*it.1, &*it.2)).collect();
    assert_eq!(found, [(Path, "id", ""), (Query, "limit", ""), (Query, "tag", "")]);
}
