//! Waiting until other nodes go by voters that were chosen.

use std::{collections::BTreeSet, time::Duration};

use arsenal_core::name::NodeName;
use tokio::time::{Instant, sleep};

use crate::{
    membership::{Electorate, MemberState},
    node::NodeRuntime,
};

/// How often is looked: gossip brings news a few times a second.
const LOOK_EVERY: Duration = Duration::from_millis(50);

/// Which of the nodes go by these voters, or by a newer list: as soon as all do, at the latest at
/// `end`.
pub(crate) async fn adopted(
    runtime: &NodeRuntime,
    chosen: &Electorate,
    asked: &BTreeSet<NodeName>,
    end: Instant,
) -> BTreeSet<NodeName> {
    loop {
        let adopted = now_adopted(runtime, chosen, asked);
        if adopted.len() == asked.len() || Instant::now() >= end {
            return adopted;
        }
        sleep(LOOK_EVERY).await;
    }
}

fn now_adopted(
    runtime: &NodeRuntime,
    chosen: &Electorate,
    asked: &BTreeSet<NodeName>,
) -> BTreeSet<NodeName> {
    let members = runtime.members();
    let goes_by =
        |electorate: &Electorate| electorate.is_same(chosen) || electorate.version > chosen.version;
    let tells = |state: &MemberState| {
        state.facts.as_ref().is_some_and(|(facts, _)| goes_by(&facts.electorate))
    };
    let has_adopted = |name: &NodeName| {
        if *name == runtime.me().id.name {
            goes_by(members.electorate())
        } else {
            members.others().get(name).is_some_and(tells)
        }
    };
    asked.iter().filter(|name| has_adopted(name)).cloned().collect()
}
