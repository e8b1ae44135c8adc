//! Where a request may have run that was given up: its node is asked where it would run, which needs no
//! virtual time. The cluster may have changed since, so of no node it follows that it did not run there.

use std::{sync::Weak, time::Duration};

use arsenal_cluster::simulation::live::Simulation;
use arsenal_core::{
    answer::DryRun,
    error::{Code, Failure, OperationError},
    headers::DRY_RUN,
    http::router,
    name::NodeName,
};
use axum::body::Body;
use bytes::Bytes;
use http::{HeaderValue, Request};
use http_body_util::BodyExt as _;
use tokio::time::timeout;
use tower_service::Service as _;

/// How long that is waited for, by the wall clock: a node is looked at many times in it.
const LOOK_MAX: Duration = Duration::from_millis(500);

/// That it is not known of any node that the request is for whether it ran there. Where those are not found
/// out (the node is frozen, or would refuse the request now), that of the node that was asked.
pub(super) async fn where_it_may_have_run(
    simulation: &Weak<Simulation>,
    asked: &NodeName,
    request: Request<Bytes>,
) -> Vec<Failure> {
    match timeout(LOOK_MAX, rehearse(simulation, asked, request)).await {
        Ok(Some(nodes)) => nodes.into_iter().map(failure).collect(),
        Ok(None) | Err(_) => vec![failure(asked.clone())],
    }
}

async fn rehearse(
    simulation: &Weak<Simulation>,
    asked: &NodeName,
    mut request: Request<Bytes>,
) -> Option<Vec<NodeName>> {
    request.headers_mut().insert(DRY_RUN, HeaderValue::from_static("true"));
    let answer = async |parts| {
        let Ok(response) = router(parts).call(request.map(Body::from)).await;
        Some(response.into_body().collect().await.ok()?.to_bytes())
    };
    let begun = simulation.upgrade()?.run_on(Some(asked), answer).await;
    let (_, answered) = begun.ok()?;
    let dry_run: DryRun = serde_json::from_slice(&answered.await.ok()??).ok()?;
    Some(dry_run.nodes.into_iter().map(|planned| planned.node).collect())
}

fn failure(node: NodeName) -> Failure {
    let detail = format!("no answer came in time: it is not known whether it ran on node `{node}`");
    Failure::of_error(node, &OperationError::new(Code::DistributedTimeout, detail))
}
