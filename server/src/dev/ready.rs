//! Waits until every node can do its work.

use std::{net::SocketAddr, time::Duration};

use arsenal_core::{
    error::Problem,
    membership::{Quorum, Verdict},
    name::NodeName,
};
use bytes::Bytes;
use http::{Request, StatusCode};
use http_body_util::Full;
use serde::Deserialize;
use tokio::time::{Instant, sleep};

use super::{client, console::say, plan::NodePlan};

/// Where a node says what it may decide.
const STATUS: &str = "/api/v1/cluster/status";

/// How long a cluster may take to form before its user is told that something is wrong.
const READY_MAX: Duration = Duration::from_secs(15);

/// The pause between two questions.
const ASK_EVERY: Duration = Duration::from_millis(100);

/// Asks every node until all are ready, at most [`READY_MAX`]; tells about each. Answers whether all are.
pub(super) async fn wait_for_all(nodes: &[NodePlan]) -> bool {
    let give_up = Instant::now() + READY_MAX;
    let mut waiting: Vec<&NodePlan> = nodes.iter().collect();
    loop {
        let mut still = Vec::new();
        for node in waiting {
            match ask(node.http).await {
                Ok(()) => say(format_args!("node {} is ready: http://{}", node.name, node.http)),
                Err(reason) => still.push((node, reason)),
            }
        }
        if still.is_empty() {
            return true;
        }
        if Instant::now() >= give_up {
            for (node, reason) in still {
                say(format_args!("node {} is still not ready: {reason}", node.name));
            }
            return false;
        }
        waiting = still.into_iter().map(|(node, _)| node).collect();
        sleep(ASK_EVERY).await;
    }
}

/// What is read of the status of a cluster.
#[derive(Deserialize)]
struct Status {
    quorum: Quorum,
}

/// Ready is a node that sees all others. `/readyz` asks for less: a majority that has stood for a
/// while. Then a node is missing, and that is what its user wants to know.
///
/// `Err` says why the node is not ready.
async fn ask(address: SocketAddr) -> Result<(), String> {
    let request = Request::get(STATUS).body(Full::default()).map_err(|error| error.to_string())?;
    let answer = client::send(address, request).await;
    let (status, body) = answer.map_err(|error| format!("{error:#}"))?;
    if status != StatusCode::OK {
        return Err(detail(status, &body));
    }
    let Status { quorum } = serde_json::from_slice(&body).map_err(|error| error.to_string())?;
    if matches!(quorum.verdict, Verdict::Solo | Verdict::Whole) {
        return Ok(());
    }
    Err(format!("the cluster is {}, and {} missing", quorum.verdict, missing(&quorum)))
}

fn missing(quorum: &Quorum) -> String {
    let names: Vec<_> = quorum.missing.iter().map(NodeName::as_str).collect();
    if let [name] = names.as_slice() { format!("{name} is") } else { names.join(", ") + " are" }
}

/// What a problem document says, in one line.
pub(super) fn detail(status: StatusCode, body: &Bytes) -> String {
    serde_json::from_slice::<Problem>(body).map_or_else(
        |_| format!("HTTP status {status}"),
        |problem| format!("{}: {}", problem.code, problem.detail),
    )
}
