use arsenal_core::prelude::*;

#[derive(Parameters, serde::Serialize)]
#[serde(rename_all = "camelCase")]
struct Filter {
    #[serde(rename = "max")]
    limit: u32,
    #[serde(default)]
    since: u32,
    #[serde(skip_serializing_if = "Option::is_none")]
    until: Option<u32>,
    #[serde(rename = "type")]
    #[param(name = "type")]
    kind: String,
    #[serde(flatten)]
    page: u32,
}

fn main() {}
