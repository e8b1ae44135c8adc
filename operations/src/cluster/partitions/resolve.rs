//! `POST /api/v1/cluster/partitions/resolve`

use std::{collections::BTreeSet, time::Duration};

use arsenal_cluster::{
    membership::VOTERS_MAX,
    node::{NotElected, RuntimeExt as _},
    resolution::{Resolution, VotersRefused},
};
use arsenal_core::{
    error::{Violation, ViolationPlace},
    prelude::*,
};

/// How long the other nodes get to say that they go by the new list.
const ADOPTION_MAX: Duration = Duration::from_secs(3);

/// Says which voters decide from now on.
///
/// For when two authorities were seen, or when voters are lost for good. Without `confirm` it changes nothing and answers what it would do. With it, every node that hears of
/// the new list goes by it, also after a restart, and the answer says which have done so within three
/// seconds. Run it on one side of a partition only: this node cannot know whether nodes that it does not
/// see go on deciding by the old list.
#[operation(
    post,
    "/api/v1/cluster/partitions/resolve",
    name = "cluster.resolve_partition",
    access = admin,
    partition = any,
    timeout = "10s"
)]
pub async fn resolve_partition(
    context: NodeContext,
    /// The nodes that are to decide, by a majority of them; three or five are usual.
    #[param(length(min = 1, max = VOTERS_MAX), example = ["a", "b", "c"])]
    voters: Vec<NodeName>,
    /// Whether to do it.
    #[param(default = false)]
    confirm: bool,
    /// Only if the new list gets this version: what `after.version` was when it was looked at.
    version: Option<u64>,
) -> Result<Resolution, OperationError> {
    let chosen: BTreeSet<NodeName> = voters.iter().cloned().collect();
    if chosen.len() < voters.len() {
        return Err(bad_voters([String::from("names a node more than once")]));
    }
    let runtime = context.runtime()?;
    if !confirm {
        return runtime.plan_election(&chosen).map_err(|names| refused(&names));
    }
    let patience = ADOPTION_MAX.min(context.time_left() / 2);
    runtime.elect(chosen, version, patience).await.map_err(not_elected)
}

fn not_elected(why: NotElected) -> OperationError {
    match why {
        NotElected::Refused(names) => refused(&names),
        NotElected::DuplicateName(node) => OperationError::conflict(format!(
            "nothing was changed: two processes have the name `{node}`, and are alive"
        ))
        .suggest(format!("stop one of the two processes `{node}`, wait a moment, and try again")),
        NotElected::Outdated(version) => OperationError::conflict(format!(
            "nothing was changed: a new list gets version {version} by now"
        ))
        .suggest("look again what it would do, without `confirm`"),
    }
}

fn refused(names: &[VotersRefused]) -> OperationError {
    bad_voters(names.iter().map(ToString::to_string))
}

fn bad_voters(messages: impl IntoIterator<Item = String>) -> OperationError {
    let violation = |message| Violation::of(ViolationPlace::Body, "voters", message);
    OperationError::invalid_input(messages.into_iter().map(violation))
}
