//! Operations made by hand, for the tests of what serves and documents them.

use std::{sync::Arc, time::Duration};

use futures_util::future::BoxFuture;
use schemars::{JsonSchema, Schema, SchemaGenerator};
use serde::{Deserialize, Serialize};
use serde_json::json;

use crate::{
    answer::{Gather, Page, Reply},
    arguments::Arguments,
    context::{NodeContext, NodeParts, Services},
    duration::milliseconds,
    error::OperationError,
    limits::TIMEOUT_DEFAULT,
    membership::{Alone, Mode},
    registry::Registry,
    spec::{
        Access, Answers, Date, Limits, Location, Method, Number, OperationSpec, Parameter,
        Partition, Rate, Require, Rule, Source, Target, Versions,
    },
};

/// A type that is read and written differently.
#[derive(Serialize, Deserialize, JsonSchema)]
pub(crate) struct Item {
    /// Its name.
    name: String,
    /// How many.
    count: Option<u32>,
}

/// The schema of a type.
pub(crate) fn schema<T: JsonSchema>(generator: &mut SchemaGenerator) -> Schema {
    generator.subschema_for::<T>()
}

/// An operation that answers what it was asked, see [`echo`].
pub(crate) fn operation(name: &'static str, method: Method, path: &'static str) -> OperationSpec {
    OperationSpec {
        name,
        tag: name.split('.').next().unwrap_or(name),
        method,
        path,
        aliases: &[],
        summary: "Echoes the request.",
        description: "",
        target: Target::Here,
        require: Require::Any,
        partition: Partition::Any,
        access: if method == Method::Get { Access::Read } else { Access::Operate },
        timeout: TIMEOUT_DEFAULT,
        status: 200,
        is_deprecated: false,
        deprecated_from: None,
        sunset: None,
        limits: Limits::DEFAULT,
        is_idempotent: false,
        answers: Answers::Once,
        versions: Versions::default(),
        error_cases: || &[],
        parameters: &[],
        states: &[],
        output: schema::<Item>,
        gather: Gather::PerNode,
        rehearse: None,
        check: |_| Ok(()),
        call: echo,
        source: Source { package: "samples", file: "samples.rs", line: 1 },
    }
}

/// A parameter without a description and without rules.
pub(crate) const fn parameter(name: &'static str, location: Location) -> Parameter {
    Parameter {
        name,
        location,
        description: "",
        schema: schema::<String>,
        is_optional: || false,
        rules: &[],
        default: None,
        example: None,
        is_deprecated: false,
        media_type: None,
    }
}

const LIMIT: Parameter = Parameter {
    schema: schema::<u32>,
    rules: &[Rule::Range { min: Some(Number::Integer(1)), max: Some(Number::Integer(1000)) }],
    default: Some(|| json!(100)),
    example: Some(|| json!(10)),
    description: "At most this many.",
    ..parameter("limit", Location::Query)
};

const CURSOR: Parameter = Parameter {
    schema: schema::<Option<String>>,
    is_optional: || true,
    ..parameter("cursor", Location::Query)
};

const DAY: Date =
    Date { day: "2027-03-01", structured: "@1803859200", http: "Mon, 01 Mar 2027 00:00:00 GMT" };

/// Parameters of an operation that answers pages.
pub(crate) const PAGED: &[Parameter] = &[LIMIT, CURSOR];

/// A parameter in the path.
pub(crate) const ID: &[Parameter] = &[parameter("id", Location::Path)];

/// Parameters in path and body.
pub(crate) const ID_AND_FIELDS: &[Parameter] = &[
    parameter("id", Location::Path),
    Parameter { schema: schema::<Item>, ..parameter("item", Location::Body) },
    Parameter {
        schema: schema::<Option<Vec<String>>>,
        is_optional: || true,
        rules: &[Rule::Length { min: None, max: Some(5) }],
        ..parameter("tags", Location::Body)
    },
];

/// A catalogue of one operation of each kind.
pub(crate) fn catalogue() -> Vec<OperationSpec> {
    vec![
        OperationSpec {
            target: Target::AllNodes { only: None },
            gather: Gather::Pages,
            parameters: PAGED,
            output: schema::<Page<Item>>,
            aliases: &["/api/v1/things"],
            ..operation("item.list", Method::Get, "/api/v1/items")
        },
        OperationSpec {
            parameters: ID,
            is_deprecated: true,
            deprecated_from: Some(DAY),
            sunset: Some(DAY),
            ..operation("item.show", Method::Get, "/api/v1/items/{id}")
        },
        OperationSpec {
            parameters: ID_AND_FIELDS,
            status: 201,
            is_idempotent: true,
            limits: Limits {
                concurrency: Some(8),
                rate: Some(Rate { count: 100, per: Duration::from_secs(1) }),
                ..Limits::DEFAULT
            },
            aliases: &["/api/v1/things/{id}/parts"],
            ..operation("item.add", Method::Post, "/api/v1/items/{id}/parts")
        },
        OperationSpec {
            parameters: ID,
            status: 204,
            output: schema::<()>,
            access: Access::Admin,
            ..operation("item.delete", Method::Delete, "/api/v1/items/{id}")
        },
        OperationSpec {
            target: Target::AllNodes { only: None },
            description: "On every node.\n\nOf the cluster.",
            ..operation("cluster.status", Method::Get, "/api/v1/cluster/status")
        },
        OperationSpec {
            call: |_, _| Box::pin(async { Err(OperationError::internal().because("the disk")) }),
            ..operation("cluster.fail", Method::Post, "/api/v1/cluster/fail")
        },
    ]
}

/// Operations as the registry takes them. They live as long as the test.
pub(crate) fn leaked(specs: Vec<OperationSpec>) -> Vec<&'static OperationSpec> {
    specs.into_iter().map(|spec| &*Box::leak(Box::new(spec))).collect()
}

/// A node of its own, with the catalogue.
pub(crate) fn node() -> Arc<NodeParts> {
    node_of(Registry::from_specs(leaked(catalogue())).unwrap())
}

/// A node of its own, with these operations.
pub(crate) fn node_of(registry: Registry) -> Arc<NodeParts> {
    Arc::new(parts_of(registry))
}

/// The same while it is still being made.
pub(crate) fn parts_of(registry: Registry) -> NodeParts {
    let name: crate::name::NodeName = "alone".parse().unwrap();
    let cluster = Arc::new(Alone::new(name.clone()));
    NodeParts::new(name, cluster, Arc::new(registry), Services::default(), Mode::Cluster)
}

/// Answers the arguments and the invocation.
#[expect(clippy::needless_pass_by_value, reason = "the shape of every `call`")]
fn echo(
    context: NodeContext,
    arguments: Arguments<'_>,
) -> BoxFuture<'static, Result<Reply, OperationError>> {
    let Arguments::Http { template, path, query, body, .. } = arguments else {
        return Box::pin(async { Err(OperationError::internal()) });
    };
    let reply = Reply::json(&json!({
        "template": template,
        "path": path,
        "query": query,
        "body": String::from_utf8_lossy(body),
        "request_id": context.request_id().as_str(),
        "left": milliseconds(context.time_left()),
    }));
    Box::pin(async move { reply })
}
