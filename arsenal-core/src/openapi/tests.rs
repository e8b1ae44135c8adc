//! Rules that every document obeys.

use std::collections::BTreeSet;

use serde_json::Value;

use super::{document, document_3_0, input_schema, output_schema};
use crate::{
    answer::DRY_RUN_MEDIA_TYPE,
    registry::Registry,
    samples,
    spec::{Version, Versions},
};

fn registry() -> Registry {
    Registry::from_specs(samples::leaked(samples::catalogue())).unwrap()
}

/// Path, method and operation object of every operation.
fn operations(document: &Value) -> Vec<(String, String, Value)> {
    let paths = document["paths"].as_object().unwrap();
    let each = paths.iter().flat_map(|(path, item)| {
        let methods = item.as_object().unwrap().iter();
        methods.map(move |(method, operation)| (path.clone(), method.clone(), operation.clone()))
    });
    each.collect()
}

#[test]
fn an_operation_appears_once_under_its_name() {
    let document = document(&registry());
    let all = operations(&document);
    let ids: BTreeSet<&str> =
        all.iter().map(|(_, _, operation)| operation["operationId"].as_str().unwrap()).collect();
    assert_eq!((ids.len(), all.len()), (6, 6));
    let add = &document["paths"]["/api/v1/items/{id}/parts"]["post"];
    assert_eq!(add["x-aliases"], serde_json::json!(["/api/v1/things/{id}/parts"]));
    assert_eq!(add["x-arsenal-access"], "operate");
    assert_eq!(add["x-arsenal-target"], "here");
    assert_eq!(add["x-arsenal-timeout-ms"], 5000);
}

#[test]
fn a_summary_is_one_sentence_and_every_parameter_is_described() {
    for (path, _, operation) in operations(&document(&registry())) {
        let summary = operation["summary"].as_str().unwrap();
        assert!(summary.ends_with('.') && summary.matches(". ").count() == 0, "{summary}");
        for parameter in operation["parameters"].as_array().unwrap() {
            let is_described =
                parameter["description"].as_str().is_some_and(|text| !text.is_empty());
            assert!(parameter.get("$ref").is_some() || is_described, "{path}: {parameter}");
        }
    }
}

#[test]
fn every_capture_of_a_path_is_a_parameter() {
    for (path, _, operation) in operations(&document(&registry())) {
        let captures = path.split('/').filter_map(|s| s.strip_prefix('{')?.strip_suffix('}'));
        let parameters = operation["parameters"].as_array().unwrap();
        for capture in captures {
            let is_declared = parameters
                .iter()
                .any(|p| p["in"] == "path" && p["name"] == capture && p["required"] == true);
            assert!(is_declared, "{path}: {capture}");
        }
    }
}

#[test]
fn every_error_is_a_problem_and_every_answer_has_a_shape() {
    for (path, _, operation) in operations(&document(&registry())) {
        for (status, response) in operation["responses"].as_object().unwrap() {
            let content = &response["content"];
            if status.starts_with('2') {
                let schema = &content["application/json"]["schema"];
                let has_shape = schema.as_object().is_some_and(|schema| !schema.is_empty());
                assert!(status == "204" || has_shape, "{path}");
            } else {
                let schema = &content["application/problem+json"]["schema"]["$ref"];
                assert_eq!(schema, "#/components/schemas/Problem", "{path} {status}");
            }
        }
    }
}

/// Generated types would show a second one to whoever calls the operation.
#[test]
fn an_operation_has_one_type_of_success_and_dry_runs_are_documented_once() {
    let document = document(&registry());
    for (path, _, operation) in operations(&document) {
        let responses = operation["responses"].as_object().unwrap();
        let successes: Vec<_> = responses.iter().filter(|(key, _)| key.starts_with('2')).collect();
        let [(_, response)] = successes[..] else { panic!("{path}: {successes:?}") };
        let media_types = response["content"].as_object().map_or(0, serde_json::Map::len);
        assert!(media_types <= 1, "{path}: {response}");
    }
    let dry_runs = &document["x-arsenal-dry-run"];
    let at = |reference: &Value| {
        let pointer = reference["$ref"].as_str().unwrap().strip_prefix('#').unwrap();
        document.pointer(pointer).unwrap().clone()
    };
    assert_eq!(at(&dry_runs["parameter"])["name"], "Arsenal-Dry-Run");
    let schema = at(&at(&dry_runs["response"])["content"][DRY_RUN_MEDIA_TYPE]["schema"]);
    assert!(schema["properties"]["nodes"].is_object(), "{schema}");
}

#[test]
fn limits_keys_and_ends_are_documented_where_they_are() {
    let document = document(&registry());
    let item = &document["paths"]["/api/v1/items/{id}"];
    let (add, show) = (&document["paths"]["/api/v1/items/{id}/parts"]["post"], &item["get"]);
    let control = |operation: &Value, name: &str| {
        let reference = format!("#/components/parameters/{name}");
        operation["parameters"].as_array().unwrap().iter().any(|it| it["$ref"] == reference)
    };
    assert!(control(add, "Idempotency-Key") && !control(show, "Idempotency-Key"));
    assert_eq!(
        (&add["x-arsenal-idempotent"], &show["x-arsenal-idempotent"]),
        (&true.into(), &false.into())
    );
    let limits = serde_json::json!({
        "body_bytes": 1 << 20, "concurrency": 8, "rate": { "count": 100, "per_ms": 1000 },
    });
    assert_eq!(add["x-arsenal-limits"], limits);
    assert_eq!(show["x-arsenal-limits"], serde_json::json!({ "body_bytes": 1 << 20 }));
    assert!(add["responses"]["429"].is_object() && show["responses"]["429"].is_null());
    let conflict = add["responses"]["409"]["description"].as_str().unwrap();
    assert!(conflict.contains("Idempotency-Key"), "{conflict}");
    assert!(add["responses"]["429"]["headers"]["Retry-After"].is_object());
    assert!(add["responses"]["201"]["headers"]["Idempotency-Replayed"].is_object());
    assert_eq!(
        (&show["deprecated"], &show["x-arsenal-sunset"]),
        (&true.into(), &"2027-03-01".into())
    );
    assert!(show["responses"]["200"]["headers"]["Sunset"].is_object());
}

#[test]
fn every_shared_part_is_referred_to() {
    let mut plain = samples::catalogue();
    plain.retain(|spec| !spec.is_deprecated && !spec.is_idempotent);
    let plain = Registry::from_specs(samples::leaked(plain)).unwrap();
    let of_all = document(&registry());
    for document in [&of_all, &document_3_0(&registry()), &document(&plain)] {
        let text = document.to_string();
        for kind in ["headers", "parameters", "responses", "schemas"] {
            for name in document["components"][kind].as_object().unwrap().keys() {
                let reference = format!("\"#/components/{kind}/{name}\"");
                assert!(text.contains(&reference), "{kind}: {name}");
            }
        }
    }
    assert!(of_all["components"]["headers"]["Sunset"].is_object());
    for (path, _, operation) in operations(&of_all) {
        let mode = serde_json::json!({ "$ref": "#/components/parameters/Arsenal-Mode" });
        assert!(operation["parameters"].as_array().unwrap().contains(&mode), "{path}");
    }
}

#[test]
fn problems_have_the_headers_that_are_sent_with_them() {
    for document in [document(&registry()), document_3_0(&registry())] {
        let item = &document["paths"]["/api/v1/items/{id}"];
        let (add, show) = (&document["paths"]["/api/v1/items/{id}/parts"]["post"], &item["get"]);
        let others = if document["openapi"] == "3.0.3" { "5XX" } else { "default" };
        for status in ["401", "404", "422", "503", others] {
            let headers = |operation: &Value| operation["responses"][status]["headers"].clone();
            let (add, show) = (headers(add), headers(show));
            assert!(show["Deprecation"].is_object() && show["Sunset"].is_object(), "{status}");
            assert!(add["Deprecation"].is_null() && add["Sunset"].is_null(), "{status}");
            assert!(add["Idempotency-Replayed"].is_object(), "{status}");
            assert!(show["Idempotency-Replayed"].is_null(), "{status}");
            let can_wait = ["503", others].contains(&status);
            assert_eq!(add["Retry-After"].is_object(), can_wait, "{status}");
        }
    }
}

#[test]
fn a_version_that_lacks_an_operation_is_a_documented_problem() {
    let mut catalogue = samples::catalogue();
    let of_page = catalogue.iter().position(|spec| spec.path == "/api/v1/items").unwrap();
    let before = document(&registry());
    let version = |major| Some(Version { major, minor: 0 });
    catalogue[of_page].versions =
        Versions { since: version(1), until: version(2), replaced_by: None };
    let registry = Registry::from_specs(samples::leaked(catalogue)).unwrap();
    let after = document(&registry);
    for (status, words) in [("404", "does not have the operation yet"), ("410", "no more")] {
        let at = format!("/paths/~1api~1v1~1items/get/responses/{status}");
        assert_eq!(before.pointer(&at), None, "{status}");
        let description = after.pointer(&at).unwrap()["description"].as_str().unwrap();
        assert!(description.contains(words), "{description}");
    }
}

#[test]
fn reading_and_writing_are_told_apart() {
    let document = document(&registry());
    let schemas = &document["components"]["schemas"];
    assert_eq!(schemas["Item"]["required"], serde_json::json!(["name", "count"]));
    assert_eq!(schemas["ItemInput"]["required"], serde_json::json!(["name"]));
    let add = &document["paths"]["/api/v1/items/{id}/parts"]["post"];
    let body = &add["requestBody"]["content"]["application/json"]["schema"];
    assert_eq!(body["properties"]["item"]["$ref"], "#/components/schemas/ItemInput");
    assert_eq!(body["properties"]["tags"]["maxItems"], 5);
    assert_eq!(body["required"], serde_json::json!(["item"]));
    assert_eq!(body["additionalProperties"], false);
    assert!(!document.to_string().contains("/components/inputs"));
}

#[test]
fn answers_of_many_nodes_stand_in_a_frame() {
    let document = document(&registry());
    let answer = |path: &str| {
        let operation = &document["paths"][path]["get"];
        operation["responses"]["200"]["content"]["application/json"]["schema"].clone()
    };
    let per_node = answer("/api/v1/cluster/status");
    let data = &per_node["properties"]["data"];
    assert_eq!(data["additionalProperties"]["$ref"], "#/components/schemas/Item");
    assert_eq!(per_node["required"], serde_json::json!(["data", "nodes", "failures"]));
    let pages = answer("/api/v1/items");
    assert!(pages["properties"]["data"]["$ref"].as_str().unwrap().contains("Page"), "{pages}");
}

#[test]
fn a_query_value_is_absent_and_never_null() {
    let document = document(&registry());
    let parameters = &document["paths"]["/api/v1/items"]["get"]["parameters"];
    let (limit, cursor) = (&parameters[0], &parameters[1]);
    assert_eq!(
        (&limit["schema"]["minimum"], &limit["schema"]["maximum"]),
        (&1.into(), &1000.into())
    );
    assert_eq!((&limit["schema"]["default"], &limit["required"]), (&100.into(), &false.into()));
    assert_eq!(limit["example"], 10);
    assert_eq!(cursor["schema"]["type"], "string");
}

#[test]
fn reads_need_no_token_and_changes_do() {
    let document = document(&registry());
    assert_eq!(document["paths"]["/api/v1/items"]["get"]["security"][0], serde_json::json!({}));
    let delete = &document["paths"]["/api/v1/items/{id}"]["delete"]["security"];
    assert_eq!(*delete, serde_json::json!([{ "bearer": [] }]));
    assert_eq!(document["components"]["securitySchemes"]["bearer"]["scheme"], "bearer");
}

#[test]
fn schemas_of_one_operation_stand_by_themselves() {
    let registry = registry();
    let add = registry.get("item.add").unwrap();
    let input = input_schema(add);
    assert_eq!(input["required"], serde_json::json!(["id", "item"]));
    assert_eq!(input["properties"]["item"]["$ref"], "#/$defs/Item");
    assert!(input["$defs"]["Item"].is_object());
    let output = output_schema(registry.get("cluster.status").unwrap());
    assert!(output["$defs"]["Item"].is_object() && output["$defs"]["Failure"].is_object());
}

#[test]
fn an_older_document_has_the_same_operations_in_older_words() {
    let (newer, older) = (document(&registry()), document_3_0(&registry()));
    let names = |document: &Value| -> Vec<Value> {
        let each = operations(document).into_iter();
        each.map(|(_, _, operation)| operation["operationId"].clone()).collect()
    };
    assert_eq!(names(&older), names(&newer));
    let schemas = |document: &Value| -> Vec<String> {
        document["components"]["schemas"].as_object().unwrap().keys().cloned().collect()
    };
    assert_eq!(schemas(&older), schemas(&newer));
    assert!(!older.to_string().contains(r#""null""#), "null is no type in 3.0: {older}");
    let add = &older["paths"]["/api/v1/items/{id}/parts"]["post"];
    let body = &add["requestBody"]["content"]["application/json"]["schema"];
    let item = &body["properties"]["item"];
    assert_eq!(item["allOf"][0]["$ref"], "#/components/schemas/ItemInput", "{item}");
}

/// Writes the document for a validator outside: `ARSENAL_DOCUMENT=<file>`.
#[test]
fn the_document_is_the_same_every_time() {
    let text = document(&registry()).to_string();
    assert_eq!(text, document(&registry()).to_string());
    if let Ok(file) = std::env::var("ARSENAL_DOCUMENT") {
        std::fs::write(file, text).unwrap();
    }
}
