//! The events of a session from all nodes.

use arsenal_cluster::trace::{
    SessionId, SessionShare, ShareEvents, TraceEvent, TraceEvents, TraceSession, order,
};
use arsenal_core::{error::Failure, prelude::*};
use futures_util::future::join_all;
use serde::Serialize;

use super::{
    finding::{Found, find},
    lost::lost,
    shares::PAGE_MAX,
    split::split,
};

/// What was read of a session, in no order yet.
pub(super) struct Read {
    session: TraceSession,
    events: Vec<TraceEvent>,
    omitted: u64,
    failures: Vec<Failure>,
}

impl Read {
    /// In order. Takes long where there are many.
    pub(super) fn ordered(self) -> TraceEvents {
        let Self { session, events, omitted, failures } = self;
        TraceEvents { session, events: order(events), omitted, failures }
    }
}

/// The first events of a session on each node, so many over all nodes.
///
/// # Errors
///
/// `not_found` where no node has the session; the worst failure where none of those that may have it answered.
pub(super) async fn read(
    context: &NodeContext,
    id: SessionId,
    limit: u32,
) -> Result<Read, OperationError> {
    let Found { mut shares, mut failures } = find(context, id).await?;
    failures.extend(lost(&shares, &failures));
    let have: Vec<u64> = shares.iter().map(|share| share.events).collect();
    let limits = split(limit, &have);
    let reading = shares.iter().zip(limits).map(|(share, limit)| of_node(context, share, limit));
    let pages = join_all(reading).await;
    let (mut events, mut omitted) = (Vec::new(), 0);
    for (share, (read, failure)) in shares.iter_mut().zip(pages) {
        let Part { share: newest, events: mut part } = read;
        *share = newest;
        omitted += share.events.saturating_sub(part.len() as u64);
        events.append(&mut part);
        failures.extend(failure);
    }
    let session = TraceSession::of(shares);
    let session = session.ok_or_else(|| OperationError::internal().because("no share"))?;
    Ok(Read { session, events, omitted, failures })
}

#[derive(Serialize)]
struct ReadRequest<'a> {
    id: SessionId,
    node: &'a NodeName,
    after: u64,
    limit: u32,
}

/// The first events of one node, and the share that they are of.
struct Part {
    share: SessionShare,
    events: Vec<TraceEvent>,
}

/// As many as it gave before it failed, if it did.
async fn of_node(
    context: &NodeContext,
    share: &SessionShare,
    limit: u32,
) -> (Part, Option<Failure>) {
    let mut part = Part { share: share.clone(), events: Vec::new() };
    let most = usize::try_from(limit).unwrap_or(usize::MAX);
    while part.events.len() < most {
        let left = u32::try_from(most - part.events.len()).unwrap_or(u32::MAX).min(PAGE_MAX);
        let (id, node, after) = (share.plan.id, &share.node, part.events.len() as u64);
        let request = ReadRequest { id, node, after, limit: left };
        let page: Result<ShareEvents, _> = context.invoke("trace.read_share", &request).await;
        match page {
            Ok(ShareEvents { share, events }) if events.is_empty() => {
                part.share = share;
                break;
            }
            Ok(ShareEvents { share, mut events }) => {
                part.share = share;
                part.events.append(&mut events);
            }
            Err(error) => {
                let failure = Failure::of_error(share.node.clone(), &error);
                return (part, Some(failure));
            }
        }
    }
    (part, None)
}
