//! Real operations, called through the constants that `#[operation]` emits.

#![expect(clippy::panic, clippy::unwrap_used, reason = "a test may panic")]

mod operations;

use arsenal_core::{
    answer::{Emitted, Event, Gather, NodeAnswer, Reply},
    arguments::Arguments,
    context::{NodeContext, Services},
    error::OperationError,
    spec::{Access, Answers, Location, OperationSpec, Partition, Registration, Require, Target},
};
use futures_util::StreamExt as _;
use http::HeaderMap;
use serde_json::{Value, json, value::RawValue};

fn spec(name: &str) -> &'static OperationSpec {
    let mut all = inventory::iter::<Registration>.into_iter().map(|registration| registration.0);
    all.find(|spec| spec.name == name).unwrap_or_else(|| panic!("no operation `{name}`"))
}

async fn call(name: &str, arguments: Arguments<'_>) -> Result<Value, OperationError> {
    let services = Services::default().with(operations::Stock(7));
    let context = NodeContext::alone_with(services);
    let reply = (spec(name).call)(context, arguments).await?;
    Ok(serde_json::from_slice(&reply.into_json()?).unwrap())
}

fn http<'a>(
    spec: &OperationSpec,
    path: &'a str,
    query: &'a str,
    headers: &'a HeaderMap,
    body: &'a str,
) -> Arguments<'a> {
    Arguments::Http { template: spec.path, path, query, headers, body: body.as_bytes() }
}

#[test]
fn names_come_from_module_and_function() {
    assert_eq!(spec("item.list").tag, "item");
    assert_eq!(spec("item.read").source.package, "arsenal-core");
    assert!(spec("item.read").source.file.ends_with("item.rs"));
    assert_eq!(spec("shop.open").tag, "shop");
    assert_eq!(spec("till.count").summary, "Counts.");
}

#[test]
fn defaults_depend_on_the_method() {
    let list = spec("item.list");
    assert_eq!((list.access, list.require), (Access::Read, Require::Any));
    assert_eq!((list.partition, list.status), (Partition::Any, 200));
    assert_eq!(list.target, Target::AllNodes { only: Some("at") });
    assert!(matches!(list.gather, Gather::Pages));
    let clear = spec("item.clear");
    assert_eq!((clear.access, clear.partition), (Access::Operate, Partition::Majority));
    let till = spec("till.count");
    assert_eq!((till.access, till.require), (Access::Admin, Require::Majority));
    assert_eq!((till.status, till.is_deprecated), (202, true));
    assert_eq!(till.timeout.as_millis(), 250);
    assert_eq!(till.aliases, ["/api/v1/count"]);
    assert_eq!(till.description, "Slowly.");
    assert_eq!(spec("item.read").target, Target::Node { parameter: "node" });
}

#[test]
fn parameters_are_described() {
    let list = spec("item.list");
    let kind = list.parameter("type").unwrap();
    assert_eq!((kind.location, kind.description), (Location::Query, "Only of this kind."));
    assert!(!kind.is_required());
    let limit = list.parameter("limit").unwrap();
    assert_eq!(limit.default.map(|default| default()), Some(json!(100)));
    assert_eq!(limit.rules.len(), 1);
    assert_eq!(limit.example.map(|example| example()), Some(json!(10)));
    let add = spec("item.add");
    assert_eq!(add.parameter("x-trace").unwrap().location, Location::Header);
    assert_eq!(add.parameter("for").unwrap().location, Location::Body);
    assert!(add.has_body() && !list.has_body());
}

#[tokio::test]
async fn path_query_headers_and_body_reach_the_function() {
    let add = spec("item.add");
    let mut headers = HeaderMap::new();
    headers.insert("x-trace", "t1".parse().unwrap());
    let body = r#"{"for": "actor", "tags": ["a", "b"], "word": "hi"}"#;
    let answer =
        call("item.add", http(add, "/api/v1/shops/a%2Fb/items", "dry=true", &headers, body))
            .await
            .unwrap();
    assert_eq!(answer, json!("a/b t1 true Actor [\"a\", \"b\"] hi 5 stock 7"));
}

#[tokio::test]
async fn one_json_object_serves_as_well() {
    let object = br#"{"shop":"s","for":"supervisor","tags":[],"dry":false}"#;
    let answer = call("item.add", Arguments::Json(object)).await.unwrap();
    assert_eq!(answer, json!("s - false Supervisor [] abc 5 stock 7"));
}

#[tokio::test]
async fn an_error_of_the_users_becomes_an_operation_error() {
    let error = call("till.count", Arguments::Json(br#"{"n": 0}"#)).await.unwrap_err();
    assert_eq!(error.code().as_str(), "conflict");
}

#[tokio::test]
async fn a_missing_state_is_named_and_not_run() {
    let requirement = spec("item.add").states.first().unwrap();
    assert!((requirement.type_name)().ends_with("operations::Stock"));
    assert!(!(requirement.is_present)(&Services::default()));
    assert!((requirement.is_present)(&Services::default().with(operations::Stock(1))));
    let object = br#"{"shop":"s","for":"actor","tags":[],"dry":false}"#;
    let error = (spec("item.add").call)(NodeContext::alone(), Arguments::Json(object)).await;
    assert_eq!(error.unwrap_err().code().as_str(), "internal");
}

#[test]
fn a_check_runs_nothing_and_names_everything() {
    let check = spec("item.add").check;
    let object = br#"{"shop":"s","for":"actor","tags":[],"dry":false}"#;
    check(Arguments::Json(object)).unwrap();
    let invalid = check(Arguments::Json(br#"{"tags":[1], "word": "too long", "tag": 1}"#));
    let invalid = invalid.unwrap_err();
    let wrong: Vec<_> = invalid
        .violations()
        .iter()
        .map(|violation| (&*violation.name, &*violation.pointer))
        .collect();
    assert_eq!(
        wrong,
        [
            ("shop", ""),
            ("dry", ""),
            ("for", "/for"),
            ("tags", "/tags/0"),
            ("word", "/word"),
            ("word", "/word"),
            ("tag", "/tag")
        ]
    );
}

#[test]
fn answers_are_gathered_by_the_users_function() {
    let Gather::With(gather) = spec("item.count").gather else { panic!("not gathered") };
    let raw = |text: &str| RawValue::from_string(text.to_owned()).unwrap();
    let answer = |node: &str, text| NodeAnswer { node: node.parse().unwrap(), answer: raw(text) };
    let sum = (gather.run)(vec![answer("a", "2"), answer("b", "3")]).unwrap();
    assert_eq!(sum.get(), r#"{"total":5}"#);
    assert!((gather.run)(vec![answer("a", "\"x\"")]).is_err());
}

#[tokio::test]
async fn an_operation_is_a_plain_function() {
    let page = operations::item::list_items(NodeContext::alone(), None, 1, None, None).await;
    assert_eq!(page.unwrap().items, ["one"]);
}

#[tokio::test]
async fn a_stream_gives_events_and_errors_of_the_users() {
    assert_eq!(spec("till.ring").answers, Answers::Stream { is_resumable: false });
    assert_eq!(spec("hygiene.events").answers, Answers::Stream { is_resumable: true });
    let call =
        |json: &'static [u8]| (spec("till.ring").call)(NodeContext::alone(), Arguments::Json(json));
    let Reply::Stream(events) = call(br#"{"n":1}"#).await.unwrap() else { panic!("one value") };
    let events: Vec<_> = events.collect().await;
    let Ok(Emitted::Event(event)) = &events[0] else { panic!("no event") };
    assert_eq!((&event.id, &event.data[..]), (&None, &b"1"[..]));
    assert_eq!(events[1].as_ref().unwrap_err().code().as_str(), "conflict");
    assert_eq!(call(br#"{"n":0}"#).await.unwrap_err().code().as_str(), "conflict");

    let plain = operations::hygiene::events(NodeContext::alone(), 1, Some(2)).await;
    let plain: Vec<_> = plain.collect().await;
    assert_eq!(plain[0].as_ref().unwrap(), &Event::new(1, 3));
}

#[tokio::test]
async fn an_argument_may_have_the_functions_name() {
    let arguments = Arguments::Json(br#"{"id":1,"limit":2,"type":{"a":3}}"#);
    assert_eq!(call("hygiene.limit", arguments).await.unwrap(), json!(6));
    let plain = operations::hygiene::limit(NodeContext::alone(), 1, 2, None).await;
    assert_eq!(plain.unwrap(), 3);
}

#[tokio::test]
async fn a_derived_struct_needs_no_names_of_the_scope() {
    let arguments = Arguments::Json(br#"{"list":[1,2],"more":{"list":[3],"type":"xy"}}"#);
    assert_eq!(call("till.fill", arguments).await.unwrap(), json!(6));
    let wrong = (spec("till.fill").check)(Arguments::Json(br#"{"list":[0],"more":{"list":[0]}}"#));
    let wrong = wrong.unwrap_err();
    let pointers: Vec<&str> = wrong.violations().iter().map(|it| &*it.pointer).collect();
    assert_eq!(pointers, ["/list/0", "/more/list/0"]);
}
