//! What the document says about all of it.

use arsenal_core::{openapi::input_schema, registry::Registry};
use serde_json::{Value, json};

use super::get;

async fn document() -> Value {
    let (status, document) = get("/openapi.json").await;
    assert_eq!(status, 200);
    document
}

fn named<'a>(parameters: &'a Value, name: &str) -> &'a Value {
    parameters.as_array().unwrap().iter().find(|it| it["name"] == name).unwrap()
}

#[tokio::test]
async fn rules_of_items_stand_at_the_items() {
    let document = document().await;
    let parameters = &document["paths"]["/api/v1/texts"]["get"]["parameters"];
    let expected = json!({
        "type": "array", "maxItems": 4,
        "items": { "type": "string", "minLength": 1, "maxLength": 3, "pattern": "^[a-z]*$" },
    });
    assert_eq!(named(parameters, "tags")["schema"], expected);
    assert_eq!(named(parameters, "counts")["schema"]["items"]["maximum"], 9);
    assert_eq!(named(parameters, "old")["deprecated"], true);
    assert_eq!(named(parameters, "type").get("deprecated"), None);
}

#[tokio::test]
async fn a_flattened_struct_is_its_fields() {
    let document = document().await;
    let list = &document["paths"]["/api/v1/flat/{id}"]["get"]["parameters"];
    let names: Vec<&str> =
        list.as_array().unwrap().iter().filter_map(|it| it["name"].as_str()).collect();
    assert_eq!(names, ["id", "kind", "tags", "limit", "from", "flag"]);
    let limit = named(list, "limit");
    assert_eq!((&limit["in"], &limit["description"]), (&json!("query"), &json!("How many rows.")));
    assert_eq!((&limit["schema"]["maximum"], &limit["schema"]["default"]), (&json!(10), &json!(5)));
    let body = &document["paths"]["/api/v1/flat"]["post"]["requestBody"];
    let schema = &body["content"]["application/json"]["schema"];
    assert_eq!(schema["required"], json!(["tags", "name"]));
    assert_eq!(schema["properties"]["tags"]["items"]["maxLength"], 2);
}

#[tokio::test]
async fn a_struct_is_described_with_its_rules() {
    let document = document().await;
    let schemas = &document["components"]["schemas"];
    let address = &schemas["AddressInput"];
    assert_eq!(address["description"], "Where somebody lives.");
    assert_eq!(address["additionalProperties"], false);
    assert_eq!(address["required"], json!(["street", "zip"]));
    assert_eq!(address["properties"]["zip"]["pattern"], "^[0-9]{5}$");
    assert_eq!(address["properties"]["zip"]["examples"], json!(["12345"]));
    assert_eq!(address["properties"]["street"]["description"], "The street.");
    let person = &schemas["PersonInput"];
    assert_eq!(person["required"], json!(["name"]));
    assert_eq!(person["properties"]["age"]["default"], 0);
    assert_eq!(person["properties"]["age"]["maximum"], 150);
    assert_eq!(
        person["properties"]["children"]["items"]["$ref"],
        "#/components/schemas/PersonInput"
    );
    // What is answered has all fields.
    assert_eq!(schemas["Person"]["required"].as_array().unwrap().len(), 7);
}

#[tokio::test]
async fn a_raw_body_is_described_by_its_type() {
    let document = document().await;
    let body = &document["paths"]["/api/v1/blobs/{name}"]["post"]["requestBody"];
    assert_eq!(
        (&body["required"], &body["description"]),
        (&json!(true), &json!("What is to be kept."))
    );
    let schema = json!({ "type": "string", "format": "binary", "maxLength": 4 });
    assert_eq!(body["content"], json!({ "application/octet-stream": { "schema": schema } }));
    let image = &document["paths"]["/api/v1/images"]["post"]["requestBody"];
    assert_eq!(image["required"], false);
    assert!(image["content"].get("image/png").is_some(), "{image}");
    let registry = Registry::from_linked().unwrap();
    let object = input_schema(registry.get("blob.put").unwrap());
    assert_eq!(object["properties"]["data"]["contentEncoding"], "base64");
    assert_eq!(object["properties"]["data"].get("maxLength"), None);
}
