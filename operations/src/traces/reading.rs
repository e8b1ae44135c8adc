//! The events of a session from all nodes, in order.

use arsenal_cluster::trace::{
    SessionId, SessionShare, ShareEvents, TraceEvent, TraceEvents, TraceSession, order,
};
use arsenal_core::{error::Failure, membership::NodeStatus, prelude::*};
use futures_util::future::join_all;
use serde::Serialize;

use super::shares::PAGE_MAX;

/// The first events of a session, so many of each node.
///
/// # Errors
/// `not_found` where no node has the session; the worst failure where none answered.
pub(super) async fn read(
    context: &NodeContext,
    id: SessionId,
    limit: u32,
) -> Result<TraceEvents, OperationError> {
    let view = context.membership();
    let members = view.members.iter().filter(|member| member.status != NodeStatus::Left);
    let nodes: Vec<NodeName> = members.map(|member| member.name.clone()).collect();
    let asked = join_all(nodes.into_iter().map(|node| of_node(context, id, node, limit))).await;
    let (mut shares, mut events, mut failures) = (Vec::new(), Vec::new(), Vec::new());
    for answer in asked {
        match answer {
            Ok((share, mut of_node)) => {
                shares.push(share);
                events.append(&mut of_node);
            }
            Err(failure) => failures.push(failure),
        }
    }
    let Some(session) = TraceSession::of(shares) else {
        return Err(OperationError::of_failures(0, failures));
    };
    let omitted = session.events.saturating_sub(events.len() as u64);
    Ok(TraceEvents { session, events: order(events), omitted, failures })
}

#[derive(Serialize)]
struct ReadRequest<'a> {
    id: SessionId,
    node: &'a NodeName,
    after: u64,
    limit: u32,
}

async fn of_node(
    context: &NodeContext,
    id: SessionId,
    node: NodeName,
    limit: u32,
) -> Result<(SessionShare, Vec<TraceEvent>), Failure> {
    let mut events = Vec::new();
    let most = usize::try_from(limit).unwrap_or(usize::MAX);
    loop {
        let left = u32::try_from(most - events.len()).unwrap_or(u32::MAX).min(PAGE_MAX);
        let request = ReadRequest { id, node: &node, after: events.len() as u64, limit: left };
        let page: Result<ShareEvents, _> = context.invoke("trace.read_share", &request).await;
        let ShareEvents { share, events: mut page } =
            page.map_err(|error| Failure::of_error(node.clone(), &error))?;
        let is_last = page.is_empty();
        events.append(&mut page);
        if is_last || events.len() >= most || events.len() as u64 >= share.events {
            return Ok((share, events));
        }
    }
}
