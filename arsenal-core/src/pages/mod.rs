//! One page over all nodes: each node is asked for its share of the limit, and what some nodes
//! cannot fill is asked from the others by their cursors. Never `limit` rows from each.

mod cursor;
mod share;
#[cfg(test)]
mod tests;

use std::{collections::BTreeMap, sync::Arc};

use serde_json::value::RawValue;

use crate::{
    answer::{NodeCount, Page, Reply},
    arguments::OwnedArguments,
    context::NodeContext,
    error::{Failure, OperationError},
    fan_out::{NodeCall, fan_out},
    gather::{Gathered, is_enough, with_data},
    limits::PAGE_ROUNDS_MAX,
    membership::{CallError, Member},
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

/// Fills one page. A dead or failing node is in `failures`, of this page and of all later ones, and is not
/// asked again.
pub(crate) async fn page(
    spec: &'static OperationSpec,
    context: &NodeContext,
    members: Vec<Member>,
    arguments: &OwnedArguments,
    request: PageRequest,
) -> Result<(Reply, bool), OperationError> {
    let PageRequest { limit, places } = request;
    let (callable, dead): (Vec<Member>, Vec<Member>) =
        members.into_iter().partition(|member| member.status.is_callable());
    let dead_calls = calls(&dead, |_| 0, arguments, &places);
    let mut failures = Gathered::of(fan_out(spec, context, dead_calls).await).failures;
    let failed_before = callable.iter().filter(|member| places.has_failed(&member.name));
    failures.extend(failed_before.map(not_asked_again));
    let mut filling = Filling { limit, places, failures, rows: BTreeMap::new() };
    for _ in 0..PAGE_ROUNDS_MAX {
        let round = filling.round(&callable, arguments);
        if round.is_empty() {
            break;
        }
        let is_whole = filling.take(Gathered::of(fan_out(spec, context, round).await))?;
        // A node that hung has used up the time of the others: they are not asked again without any,
        // what they still have comes with the next page.
        if !is_whole || context.time_left().is_zero() {
            break;
        }
    }
    filling.finish(spec, &callable)
}

/// A page that is being filled, round by round.
struct Filling {
    limit: usize,
    places: PagePlaces,
    failures: Vec<Failure>,
    /// Of every node that has answered.
    rows: BTreeMap<NodeName, Vec<Box<RawValue>>>,
}

impl Filling {
    /// Asks the nodes that may have more for what is missing; no calls where nothing is.
    fn round(&self, callable: &[Member], arguments: &OwnedArguments) -> Vec<NodeCall> {
        let have: usize = self.rows.values().map(Vec::len).sum();
        let is_open = |member: &&Member| self.places.is_open(&member.name);
        let open: Vec<Member> = callable.iter().filter(is_open).cloned().collect();
        let shares = share::split(self.limit.saturating_sub(have), &open);
        let asked: Vec<Member> =
            open.into_iter().filter(|member| shares.contains_key(&member.name)).collect();
        let share_of = |node: &NodeName| shares.get(node).copied().unwrap_or(0);
        calls(&asked, share_of, arguments, &self.places)
    }

    /// Takes in what a round gave, and says whether every node answered.
    fn take(&mut self, round: Gathered) -> Result<bool, OperationError> {
        let is_whole = round.failures.is_empty();
        for failure in round.failures {
            self.fail(failure);
        }
        for answer in round.answers {
            let page: Page<Box<RawValue>> = serde_json::from_str(answer.answer.get())
                .map_err(|error| OperationError::internal().because(error))?;
            self.places.set(answer.node.clone(), NodePlace::after(page.next_cursor));
            self.rows.entry(answer.node).or_default().extend(page.items);
        }
        Ok(is_whole)
    }

    /// A node that has answered in this page keeps its place: its next rows come with the next page.
    fn fail(&mut self, failure: Failure) {
        if !self.rows.contains_key(&failure.node) {
            self.places.set(failure.node.clone(), NodePlace::Failed);
            self.failures.push(failure);
        }
    }

    fn finish(
        self,
        spec: &OperationSpec,
        callable: &[Member],
    ) -> Result<(Reply, bool), OperationError> {
        let Self { places, failures, rows, .. } = self;
        // A node whose turn has not come can still give its rows to a later page.
        let sound = callable.iter().filter(|member| !places.has_failed(&member.name)).count();
        if sound == 0 || !is_enough(spec.require, sound, sound + failures.len()) {
            return Err(OperationError::of_failures(sound, failures));
        }
        let answered = callable.iter().filter(|member| places.has_answered(&member.name)).count();
        let asked = answered + failures.len();
        let is_open = callable.iter().any(|member| places.is_open(&member.name));
        let next_cursor = is_open.then(|| places.to_cursor());
        let items = rows.into_values().flatten().collect();
        let is_partial = !failures.is_empty();
        let page: Page<Box<RawValue>> = Page { items, next_cursor };
        Ok((with_data(page, NodeCount { asked, answered }, failures)?, is_partial))
    }
}

/// A node that an earlier page could not get an answer of: its rows are missing in the whole list.
fn not_asked_again(member: &Member) -> Failure {
    let node = member.name.clone();
    let detail = format!("node `{node}` gave no answer to an earlier page, and is not asked again");
    Failure { detail, ..Failure::of_call(node, CallError::Unavailable) }
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
