//! One page over all nodes: each node is asked for its share of the limit, and what some nodes
//! cannot fill is asked from the others by their cursors. Never `limit` rows from each.

mod cursor;
mod share;

use std::{collections::BTreeMap, sync::Arc};

use serde_json::value::RawValue;

use crate::{
    answer::{Cursor, NodeCount, Page, Reply},
    arguments::OwnedArguments,
    context::NodeContext,
    error::{Failure, OperationError},
    fan_out::{NodeCall, fan_out},
    gather::{Gathered, is_enough, with_data},
    limits::PAGE_ROUNDS_MAX,
    membership::Member,
    name::NodeName,
    spec::OperationSpec,
};

use cursor::{NodePlace, PagePlaces};

/// What the client asked for.
pub(crate) struct PageRequest {
    limit: usize,
    places: PagePlaces,
}

impl PageRequest {
    /// Reads `limit` and `cursor` of a request that was already checked.
    pub(crate) fn read(
        spec: &OperationSpec,
        arguments: &OwnedArguments,
    ) -> Result<Self, OperationError> {
        let limit = share::limit_of(spec, arguments);
        let places = PagePlaces::read(arguments)?;
        Ok(Self { limit, places })
    }
}

/// Fills one page. A dead or failing node is in `failures` and is not asked again by later pages.
pub(crate) async fn page(
    spec: &'static OperationSpec,
    context: &NodeContext,
    members: Vec<Member>,
    arguments: &OwnedArguments,
    request: PageRequest,
) -> Result<(Reply, bool), OperationError> {
    let PageRequest { limit, mut places } = request;
    let (callable, dead): (Vec<Member>, Vec<Member>) =
        members.into_iter().partition(|member| member.status.is_callable());
    let dead_calls = calls(&dead, |_| 0, arguments, &places);
    let mut gathered = Gathered::of(fan_out(spec, context, dead_calls).await);
    let mut rows: BTreeMap<NodeName, Vec<Box<RawValue>>> = BTreeMap::new();
    for _ in 0..PAGE_ROUNDS_MAX {
        let have: usize = rows.values().map(Vec::len).sum();
        let open: Vec<Member> =
            callable.iter().filter(|member| places.is_open(&member.name)).cloned().collect();
        let shares = share::split(limit.saturating_sub(have), &open);
        let asked: Vec<Member> =
            open.into_iter().filter(|member| shares.contains_key(&member.name)).collect();
        if asked.is_empty() {
            break;
        }
        let share_of = |node: &NodeName| shares.get(node).copied().unwrap_or(0);
        let round = calls(&asked, share_of, arguments, &places);
        let Gathered { answers, failures } = Gathered::of(fan_out(spec, context, round).await);
        for failure in failures {
            places.set(failure.node.clone(), NodePlace::Done);
            gathered.failures.push(failure);
        }
        for answer in answers {
            let page: Page<Box<RawValue>> = serde_json::from_str(answer.answer.get())
                .map_err(|error| OperationError::internal().because(error))?;
            places.set(answer.node.clone(), NodePlace::after(page.next_cursor));
            rows.entry(answer.node).or_default().extend(page.items);
        }
    }
    finish(spec, gathered.failures, rows, &callable, &places)
}

fn calls(
    members: &[Member],
    share_of: impl Fn(&NodeName) -> usize,
    arguments: &OwnedArguments,
    places: &PagePlaces,
) -> Vec<NodeCall> {
    let call = |member: &Member| NodeCall {
        member: member.clone(),
        arguments: Arc::new(share::with_share(
            arguments,
            share_of(&member.name),
            places.cursor(&member.name),
        )),
    };
    members.iter().map(call).collect()
}

fn finish(
    spec: &OperationSpec,
    failures: Vec<Failure>,
    rows: BTreeMap<NodeName, Vec<Box<RawValue>>>,
    callable: &[Member],
    places: &PagePlaces,
) -> Result<(Reply, bool), OperationError> {
    let failed = |member: &Member| failures.iter().any(|failure| failure.node == member.name);
    // A node whose rows were all listed by earlier pages, or whose turn has not come, still counts.
    let answered = callable.iter().filter(|member| !failed(member)).count();
    let asked = answered + failures.len();
    if answered == 0 || !is_enough(spec.require, answered, asked) {
        return Err(OperationError::of_failures(answered, failures));
    }
    let is_open = callable.iter().any(|member| places.is_open(&member.name));
    let next_cursor = is_open.then(|| places.to_cursor());
    let items = rows.into_values().flatten().collect();
    let is_partial = !failures.is_empty();
    let page: Page<Box<RawValue>> = Page { items, next_cursor };
    Ok((with_data(page, NodeCount { asked, answered }, failures)?, is_partial))
}

/// The text of a cursor, for the cursor of all nodes.
fn text(cursor: &Cursor) -> String {
    cursor.as_str().to_owned()
}
