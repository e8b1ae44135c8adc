//! The demo workload: one sandbox with something of everything, started like any other.

use std::path::Path;

use anyhow::bail;
use arsenal_core::answer::JSON_MEDIA_TYPE;
use bytes::Bytes;
use http::{Request, StatusCode, header};
use http_body_util::Full;
use serde_json::json;

use super::{client, plan::NodePlan, ready::detail};
use crate::credentials::Token;

/// The path of sandboxes.
pub(super) const SANDBOXES: &str = "/api/v1/cluster/sandboxes";

/// Asks a node for the demo sandbox.
pub(super) async fn start(node: &NodePlan, token: &Path) -> anyhow::Result<()> {
    let token = Token::read(token)?;
    let body = json!({
        "name": "demo",
        "children": [
            { "blueprint": "counter", "count": 3 },
            { "blueprint": "ticker", "count": 3 },
            { "blueprint": "fragile", "count": 2 },
            { "blueprint": "tree", "count": 1 },
        ],
    });
    let request = Request::post(SANDBOXES)
        .header(header::AUTHORIZATION, format!("Bearer {}", token.expose()))
        .header(header::CONTENT_TYPE, JSON_MEDIA_TYPE)
        .body(Full::new(Bytes::from(body.to_string())))?;
    let (status, answer) = client::send(node.http, request).await?;
    if status != StatusCode::CREATED {
        bail!(detail(status, &answer));
    }
    Ok(())
}
