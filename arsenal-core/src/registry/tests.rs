//! What a catalogue is refused for, and that all of it is said at once.

use schemars::JsonSchema;
use serde_json::Value;

use super::{Registry, RegistryError};
use crate::{
    answer::Gather,
    context::Services,
    pattern::Pattern,
    samples::{catalogue, leaked, operation, parameter, schema},
    spec::{
        ErrorCase, Location, Method, OperationSpec, Parameter, Rule, Source, StateRequirement,
        Target, Versions,
    },
};

fn refused(specs: Vec<OperationSpec>) -> RegistryError {
    Registry::from_specs(leaked(specs)).unwrap_err()
}

/// The only problem with one more operation beside a good catalogue.
#[expect(clippy::needless_pass_by_value, reason = "callers make the operation in place")]
fn refused_with(spec: OperationSpec) -> String {
    let mut specs = catalogue();
    specs.push(OperationSpec { source: Source { file: "own.rs", line: 7, ..spec.source }, ..spec });
    let error = refused(specs);
    assert_eq!(error.problems().len(), 1, "{error}");
    let problem = error.problems()[0].clone();
    assert!(problem.contains("own.rs:7"), "{problem}");
    problem
}

fn good() -> Registry {
    Registry::from_specs(leaked(catalogue())).unwrap()
}

#[test]
fn operations_are_found_by_name_tag_and_package() {
    let registry = good();
    let names: Vec<&str> = registry.operations().iter().map(|spec| spec.name).collect();
    assert!(names.is_sorted());
    assert_eq!(registry.get("item.show").unwrap().path, "/api/v1/items/{id}");
    assert!(registry.get("item.shown").is_none());
    assert_eq!(registry.by_tag()["item"].len(), 4);
    assert_eq!(registry.packages(), [("samples", 6)].into());
    assert_eq!(registry.nearest("item.shwo"), ["item.show"]);
}

#[test]
fn an_empty_catalogue_is_refused() {
    assert!(refused(Vec::new()).to_string().contains("no operation is linked"));
}

#[test]
fn a_name_is_taken_once() {
    let problem = refused_with(operation("item.list", Method::Get, "/other"));
    assert!(problem.contains("samples.rs:1") && problem.contains("item.list"), "{problem}");
}

#[test]
fn a_route_is_taken_once_also_by_an_alias() {
    let routes = [
        (Method::Get, "/api/v1/items"),
        (Method::Get, "/api/v1/things"),
        (Method::Get, "/api/v1/items/{name}"),
        (Method::Post, "/api/v1/items/{name}"),
    ];
    for (method, path) in routes {
        let problem = refused_with(operation("own.one", method, path));
        assert!(problem.contains("samples.rs:1") && problem.contains(path), "{problem}");
    }
}

#[test]
fn the_paths_of_the_documents_are_taken() {
    let problem = refused_with(operation("own.one", Method::Get, "/docs/mine"));
    assert!(problem.contains("is served by Arsenal itself"), "{problem}");
}

mod other {
    /// Has the name of the one in the samples and is not it.
    #[derive(schemars::JsonSchema)]
    pub(super) struct Item {
        #[expect(dead_code, reason = "only its schema is used")]
        weight: f64,
    }

    /// Has the name of the one below and is not it.
    #[derive(schemars::JsonSchema)]
    pub(super) struct Answer1 {
        #[expect(dead_code, reason = "only its schema is used")]
        other: u8,
    }
}

#[test]
fn a_schema_name_belongs_to_one_type_also_where_one_is_read_and_one_written() {
    let answers = OperationSpec {
        output: schema::<other::Item>,
        ..operation("own.one", Method::Get, "/own")
    };
    let reads = OperationSpec {
        parameters: const {
            &[Parameter { schema: schema::<other::Item>, ..parameter("x", Location::Body) }]
        },
        output: schema::<String>,
        ..operation("own.one", Method::Post, "/own")
    };
    for spec in [answers, reads] {
        let problem = refused_with(spec);
        assert!(problem.contains("`Item`") && problem.contains("samples.rs:1"), "{problem}");
    }
}

/// Takes the name that how `Item` is read needs.
#[derive(JsonSchema)]
struct ItemInput {
    #[expect(dead_code, reason = "only its schema is used")]
    any: u8,
}

#[test]
fn the_name_of_what_is_read_must_be_free() {
    let spec = operation("own.one", Method::Get, "/own");
    let problem = refused_with(OperationSpec { output: schema::<ItemInput>, ..spec });
    assert!(problem.contains("`ItemInput` is needed for how `Item` is read"), "{problem}");
}

/// Ends in digits by itself.
#[derive(JsonSchema)]
struct Sha256 {
    #[expect(dead_code, reason = "only its schema is used")]
    hex: String,
}

#[derive(JsonSchema)]
struct Sha {
    #[expect(dead_code, reason = "only its schema is used")]
    hex: String,
}

#[test]
fn a_number_in_a_name_is_no_collision() {
    let specs = vec![
        OperationSpec { output: schema::<Sha>, ..operation("a.a", Method::Get, "/a") },
        OperationSpec { output: schema::<Sha256>, ..operation("a.b", Method::Get, "/b") },
    ];
    assert!(Registry::from_specs(leaked(specs)).is_ok());
}

#[derive(JsonSchema)]
struct Answer1 {
    #[expect(dead_code, reason = "only its schema is used")]
    first: u8,
}

/// What schemars would call a second `Answer1`.
#[derive(JsonSchema)]
struct Answer12 {
    #[expect(dead_code, reason = "only its schema is used")]
    twelfth: u8,
}

#[test]
fn a_name_that_looks_numbered_is_no_collision() {
    let first =
        || OperationSpec { output: schema::<Answer1>, ..operation("a.a", Method::Get, "/a") };
    let then = |output| OperationSpec { output, ..operation("a.b", Method::Get, "/b") };
    let specs = vec![first(), then(schema::<Answer12>)];
    assert!(Registry::from_specs(leaked(specs)).is_ok());
    let error = refused(vec![first(), then(schema::<other::Answer1>)]).to_string();
    assert!(error.contains("share the schema name `Answer1`"), "{error}");
}

#[test]
fn an_answer_says_what_it_is() {
    let spec = operation("own.one", Method::Get, "/own");
    let problem = refused_with(OperationSpec { output: schema::<Value>, ..spec });
    assert!(problem.contains("allows anything"), "{problem}");
}

const fn case(status: u16) -> ErrorCase {
    ErrorCase { code: "own.case", status, description: "" }
}

const NO_FAILURE: &[ErrorCase] = &[case(200)];
const AMBIGUOUS: &[ErrorCase] = &[case(409), case(410)];
const REPLACED: Versions = Versions { since: None, until: None, replaced_by: Some("own.two") };

#[test]
fn parameters_are_such_that_the_framework_can_serve_them() {
    static BAD: Pattern = Pattern::new("(");
    let base = || operation("own.one", Method::Get, "/own");
    let reserved = const { &[parameter("Arsenal-x", Location::Header)] };
    let pattern =
        const { &[Parameter { rules: &[Rule::Pattern(&BAD)], ..parameter("p", Location::Query) }] };
    let optional =
        const { &[Parameter { is_optional: || true, ..parameter("pid", Location::Query) }] };
    let cases = [
        (OperationSpec { parameters: reserved, ..base() }, "reserved"),
        (OperationSpec { parameters: pattern, ..base() }, "no regular expression"),
        (OperationSpec { target: Target::Node { parameter: "node" }, ..base() }, "`node`"),
        (OperationSpec { target: Target::AllNodes { only: Some("node") }, ..base() }, "`node`"),
        (OperationSpec { target: Target::Owner { parameter: "pid" }, ..base() }, "`pid`"),
        (
            OperationSpec {
                target: Target::Owner { parameter: "pid" },
                parameters: optional,
                ..base()
            },
            "may leave out",
        ),
        (OperationSpec { status: 404, ..base() }, "404"),
        (OperationSpec { error_cases: || NO_FAILURE, ..base() }, "status 200"),
        (OperationSpec { error_cases: || AMBIGUOUS, ..base() }, "409 and 410"),
        (OperationSpec { versions: REPLACED, ..base() }, "`own.two`"),
    ];
    for (spec, expected) in cases {
        let problem = refused_with(spec);
        assert!(problem.contains(expected), "{problem}");
    }
}

#[test]
fn pages_of_all_nodes_need_limit_and_cursor_and_both_are_named() {
    let error = refused(vec![OperationSpec {
        target: Target::AllNodes { only: None },
        gather: Gather::Pages,
        ..operation("own.one", Method::Get, "/own")
    }]);
    let text = error.to_string();
    assert!(text.contains("`limit`") && text.contains("`cursor`"), "{text}");
}

#[test]
fn what_the_plan_looks_at_is_not_in_the_body() {
    const NODE: &[Parameter] = &[parameter("node", Location::Body)];
    const PAGE: &[Parameter] =
        &[parameter("limit", Location::Body), parameter("cursor", Location::Query)];
    let own = || operation("own.one", Method::Post, "/own");
    let node = Target::Node { parameter: "node" };
    let narrowed = Target::AllNodes { only: Some("node") };
    let all = Target::AllNodes { only: None };
    for (spec, name) in [
        (OperationSpec { target: node, parameters: NODE, ..own() }, "`node`"),
        (OperationSpec { target: narrowed, parameters: NODE, ..own() }, "`node`"),
        (
            OperationSpec { target: all, gather: Gather::Pages, parameters: PAGE, ..own() },
            "`limit`",
        ),
    ] {
        let problem = refused_with(spec);
        assert!(problem.contains(name) && problem.contains("path or the query"), "{problem}");
    }
}

#[test]
fn a_missing_state_names_operation_type_and_place() {
    const STATES: &[StateRequirement] = &[StateRequirement {
        type_name: || "u32",
        is_present: |services| services.get::<u32>().is_some(),
    }];
    let spec = OperationSpec { states: STATES, ..operation("own.one", Method::Get, "/own") };
    let registry = Registry::from_specs(leaked(vec![spec])).unwrap();
    assert_eq!(registry.check_states(&Services::default().with(7_u32)), Ok(()));
    let error = registry.check_states(&Services::default()).unwrap_err().to_string();
    for expected in ["`own.one`", "`u32`", "samples.rs:1"] {
        assert!(error.contains(expected), "{error}");
    }
}
