//! A page over nodes of which one fails, with a paused clock.

use std::time::Duration;

use serde_json::{Value, json};

use super::*;
use crate::{
    answer::Cursor,
    answer::Gather,
    arguments::Arguments,
    envelope::encode_answer,
    samples::{PAGED, leaked, operation},
    scripted_cluster::{Sent, context, hung, members},
    spec::{Method, Target},
};

/// Five rows on every node; the cursor is the last row.
fn rows(node: &NodeName, arguments: Arguments<'_>) -> Reply {
    let number = |name: &str| arguments.text(name).and_then(|text| text.parse::<usize>().ok());
    let cursor = arguments.text("cursor").map(Value::from);
    let cursor = cursor.and_then(|cursor| serde_json::from_value::<Cursor>(cursor).ok());
    let last: usize = cursor.map_or(0, |cursor| cursor.as_str().parse().unwrap());
    let all = (last + 1..=5).map(|row| (row, format!("{node}{row}")));
    let page = Page::take(all, number("limit").unwrap(), |(row, _)| Cursor::new(row.to_string()));
    let items: Vec<String> = page.items.into_iter().map(|(_, text)| text).collect();
    Reply::json(&Page { items, next_cursor: page.next_cursor }).unwrap()
}

fn answered(node: &NodeName, arguments: &OwnedArguments) -> Sent {
    let answer = encode_answer(Ok(rows(node, arguments.borrowed())));
    Box::pin(std::future::ready(Ok(answer)))
}

fn spec() -> &'static OperationSpec {
    let list = OperationSpec {
        target: Target::AllNodes { only: None },
        gather: Gather::Pages,
        parameters: PAGED,
        call: |context, arguments| {
            let reply = rows(context.node(), arguments);
            Box::pin(std::future::ready(Ok(reply)))
        },
        ..operation("item.list", Method::Get, "/items")
    };
    leaked(vec![list])[0]
}

/// One page.
async fn ask_for(context: &NodeContext, arguments: Value) -> Value {
    let arguments = OwnedArguments::Json(arguments.to_string().into());
    let request = PageRequest::read(spec(), &arguments).unwrap();
    let (reply, _) = page(spec(), context, members(context), &arguments, request).await.unwrap();
    serde_json::from_slice(&reply.into_json().unwrap()).unwrap()
}

/// The first page, and where the list stands on each node.
async fn ask(context: &NodeContext, limit: usize) -> (Value, Value) {
    let answer = ask_for(context, json!({ "limit": limit })).await;
    let cursor: Cursor = serde_json::from_value(answer["data"]["next_cursor"].clone()).unwrap();
    let places = serde_json::from_str(cursor.as_str()).unwrap();
    (answer, places)
}

#[tokio::test(start_paused = true)]
async fn a_hung_node_does_not_take_the_rows_of_the_others() {
    let context =
        context(&["b", "c"], Duration::from_secs(1), |node, envelope, timeout| {
            match node.as_str() {
                "b" if !timeout.is_zero() => answered(node, &envelope.arguments),
                _ => hung(timeout),
            }
        });
    let (answer, places) = ask(&context, 6).await;
    assert_eq!(answer["data"]["items"], json!(["a1", "a2", "b1", "b2"]));
    assert_eq!(answer["nodes"], json!({ "asked": 3, "answered": 2 }));
    let failed: Vec<&Value> =
        answer["failures"].as_array().unwrap().iter().map(|failure| &failure["node"]).collect();
    assert_eq!(failed, ["c"]);
    assert_eq!(places, json!({ "a": { "at": "2" }, "b": { "at": "2" }, "c": "failed" }));
}

#[tokio::test(start_paused = true)]
async fn a_node_that_fails_after_it_answered_keeps_its_place() {
    // `b` has fewer rows than its share of 6, so that `a` and `c` are asked again; then `c` is lost.
    let context = context(&["b", "c"], Duration::from_secs(1), |node, envelope, _| {
        let is_refill = envelope.arguments.borrowed().text("cursor").is_some();
        match node.as_str() {
            "b" => Box::pin(std::future::ready(Ok(encode_answer(Reply::json(&Page::<u8>::last(
                Vec::new(),
            )))))),
            _ if is_refill => Box::pin(std::future::ready(Err(CallError::Lost))),
            _ => answered(node, &envelope.arguments),
        }
    });
    let (answer, places) = ask(&context, 6).await;
    assert_eq!(answer["data"]["items"], json!(["a1", "a2", "a3", "c1", "c2"]));
    assert_eq!(answer["failures"], json!([]));
    assert_eq!(places, json!({ "a": { "at": "3" }, "b": "done", "c": { "at": "2" } }));
}

#[tokio::test(start_paused = true)]
async fn only_nodes_that_were_asked_count_and_a_failed_one_is_named_by_every_page() {
    let context = context(&["b", "c", "-d"], Duration::from_secs(1), |node, envelope, timeout| {
        match node.as_str() {
            "b" => hung(timeout),
            _ => answered(node, &envelope.arguments),
        }
    });
    let mut cursor = None;
    let mut pages = Vec::new();
    for limit in [1, 2, 4] {
        let mut page = context.clone();
        page.invocation.deadline = tokio::time::Instant::now() + Duration::from_secs(1);
        let mut arguments = json!({ "limit": limit });
        arguments["cursor"] = cursor.take().unwrap_or_default();
        let answer = ask_for(&page, arguments).await;
        let failed: Vec<Value> =
            answer["failures"].as_array().unwrap().iter().map(|it| it["node"].clone()).collect();
        pages.push((answer["nodes"].clone(), Value::from(failed)));
        cursor = Some(answer["data"]["next_cursor"].clone());
    }
    assert_eq!(
        pages,
        [
            (json!({ "asked": 2, "answered": 1 }), json!(["d"])),
            (json!({ "asked": 3, "answered": 1 }), json!(["d", "b"])),
            (json!({ "asked": 4, "answered": 2 }), json!(["d", "b"])),
        ]
    );
}
