//! Structs inside of bodies: their rules hold, and all their mistakes are named.

use std::collections::BTreeMap;

use arsenal_core::prelude::*;
use serde_json::json;

use super::{fine, post, violations};

/// Where somebody lives.
#[derive(Debug, serde::Serialize, Parameters)]
struct Address {
    /// The street.
    #[param(length(min = 1))]
    street: String,
    /// Five digits.
    #[param(pattern = "^[0-9]{5}$", example = "12345")]
    zip: String,
}

/// A choice, which serde decodes.
#[derive(Debug, serde::Serialize, serde::Deserialize, schemars::JsonSchema)]
#[serde(rename_all = "snake_case")]
enum Contact {
    Phone(String),
    Letter(Address),
}

/// Somebody.
#[derive(Debug, serde::Serialize, Parameters)]
struct Person {
    #[param(length(min = 1, max = 10))]
    name: String,
    #[param(range(max = 150), default = 0)]
    age: u8,
    address: Option<Box<Address>>,
    #[param(default = Vec::new(), length(max = 3))]
    children: Vec<Self>,
    #[param(default = BTreeMap::new())]
    homes: BTreeMap<String, Address>,
    contact: Option<Contact>,
    #[param(default = vec![1], items(range(min = 1)))]
    r#type: Vec<u8>,
}

/// Adds a person, as the whole body.
#[operation(post, "/api/v1/persons", tag = "person")]
async fn add_person(#[param(body)] person: Person) -> Result<Person, OperationError> {
    Ok(person)
}

/// Adds persons.
#[operation(post, "/api/v1/families", tag = "family")]
async fn add_family(
    #[param(length(min = 1))] persons: Vec<Person>,
    numbers: Option<Vec<u8>>,
) -> Result<usize, OperationError> {
    drop(numbers);
    Ok(persons.len())
}

#[tokio::test]
async fn what_is_fine_arrives() {
    let body = json!({
        "name": "Ada", "address": { "street": "Way", "zip": "12345" },
        "children": [{ "name": "Bo", "children": [{ "name": "Cy", "age": 1 }] }],
        "homes": { "sea": { "street": "Shore", "zip": "54321" } },
        "contact": { "letter": { "street": "Way", "zip": "12345" } },
    });
    let answer = fine(post("/api/v1/persons", &body.to_string()).await);
    assert_eq!(answer["children"][0]["children"][0]["age"], 1);
    assert_eq!(answer["homes"]["sea"]["zip"], "54321");
    assert_eq!((&answer["type"], &answer["age"]), (&json!([1]), &json!(0)));
}

#[tokio::test]
async fn every_mistake_has_its_pointer() {
    let body = json!({
        "name": "", "age": 300, "adress": 1,
        "address": { "street": "", "zip": "1" },
        "children": [
            { "name": "Bo", "address": { "street": 1 } },
            { "name": "Cy" },
            { "nam": "Dee", "children": [{ "age": 151, "name": "Eve" }] },
        ],
        "homes": { "a/b": { "street": "Shore", "zip": "?" } },
        "contact": { "letter": { "street": "Way", "zip": "" } },
        "type": [0, 1, 0],
    });
    let wrong = violations(post("/api/v1/persons", &body.to_string()).await);
    assert_eq!(
        wrong,
        [
            "body person /name: must have a length of 1 to 10",
            "body person /age: must be at most 150",
            "body person /address/street: must have a length of at least 1",
            "body person /address/zip: must match `^[0-9]{5}$`",
            "body person /children/0/address/street: must be a string, not `1`",
            "body person /children/0/address/zip: is missing",
            "body person /children/2/name: is missing",
            "body person /children/2/children/0/age: must be at most 150",
            "body person /children/2/nam: is not a field of `Person`; did you mean `name`?",
            "body person /homes/a~1b/zip: must match `^[0-9]{5}$`",
            "body person /contact/letter: `zip` must match `^[0-9]{5}$`",
            "body person /type/0: must be at least 1",
            "body person /type/2: must be at least 1",
            "body person /adress: is not a field of `Person`; did you mean `address`?",
        ]
    );
}

#[tokio::test]
async fn every_bad_item_of_a_list_is_named() {
    let body =
        r#"{"persons":[{"name":"a"},{"name":""},{"name":"c","age":"old"}],"numbers":[1,-1,"x"]}"#;
    let wrong = violations(post("/api/v1/families", body).await);
    assert_eq!(
        wrong,
        [
            "body persons /persons/1/name: must have a length of 1 to 10",
            "body persons /persons/2/age: must be a whole number from 0 to 150, not \"old\"",
            "body numbers /numbers/1: must be a whole number from 0 to 255, not `-1`",
            "body numbers /numbers/2: must be a whole number from 0 to 255, not \"x\"",
        ]
    );
    let wrong = violations(post("/api/v1/families", r#"{"persons":[]}"#).await);
    assert_eq!(wrong, ["body persons /persons: must have a length of at least 1"]);
    let wrong = violations(post("/api/v1/families", r#"{"persons":{}}"#).await);
    assert_eq!(wrong.len(), 1);
    assert!(
        wrong[0].starts_with("body persons /persons: must be a list, not an object"),
        "{wrong:?}"
    );
}

#[tokio::test]
async fn many_mistakes_are_counted_and_few_are_listed() {
    let persons = vec![json!({ "name": "" }); 1000];
    let (status, problem) =
        post("/api/v1/families", &json!({ "persons": persons }).to_string()).await;
    assert_eq!(status, 422);
    assert_eq!(problem["violations"].as_array().unwrap().len(), 50);
    assert!(problem["detail"].as_str().unwrap().contains("1000"), "{problem}");
}

/// As deep as a body may get, and deeper.
#[tokio::test]
async fn no_depth_of_nesting_exhausts_the_stack() {
    for depth in [30, 60, 200, 20_000] {
        let open = r#"{"name":"","children":["#.repeat(depth);
        let close = "]}".repeat(depth);
        let (status, problem) = post("/api/v1/persons", &format!("{open}{close}")).await;
        assert_eq!(status, 422, "{depth}: {problem}");
    }
}

#[test]
fn serde_alone_asks_the_same() {
    let good: Address = serde_json::from_str(r#"{"zip":"12345","street":"Way"}"#).unwrap();
    assert_eq!((&*good.street, &*good.zip), ("Way", "12345"));
    let said = |json: &str| serde_json::from_str::<Address>(json).unwrap_err().to_string();
    assert!(said(r#"{"zip":"1","street":"Way"}"#).contains("`zip` must match `^[0-9]{5}$`"));
    assert!(said(r#"{"zip":"12345"}"#).contains("`street` is missing"));
    assert!(said(r#"{"zip":"12345","street":"","x":1}"#).contains("unknown field"));
}
