//! What an operator may change of a cluster: who decides.

#[cfg(test)]
#[path = "election_tests.rs"]
mod tests;

use std::{collections::BTreeSet, time::Duration};

use arsenal_core::name::NodeName;
use tokio::time::Instant;

use super::NodeRuntime;
use crate::{
    membership::{Electorate, Members},
    resolution::{Plan, Resolution, VotersRefused, adopted, plan, refused},
};

/// Why voters were not elected. Nothing was changed.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum NotElected {
    /// Names that cannot vote.
    Refused(Vec<VotersRefused>),
    /// Two processes have one name: whatever was chosen, the split would stand.
    DuplicateName(NodeName),
    /// The list has changed since it was looked at: this is the version that a new one gets now.
    Outdated(u64),
}

impl NodeRuntime {
    /// What would happen if these voters were chosen.
    ///
    /// # Errors
    ///
    /// Names that cannot vote.
    pub fn plan_election(
        &self,
        voters: &BTreeSet<NodeName>,
    ) -> Result<Resolution, Vec<VotersRefused>> {
        let (duplicates, version) = {
            let members = self.members();
            (members.duplicates(Instant::now()), members.next_version())
        };
        self.with_known(|known| {
            let refused = refused(known, voters);
            if !refused.is_empty() {
                return Err(refused);
            }
            Ok(plan(Plan { known, duplicates: &duplicates, voters, version }))
        })
    }

    /// Lets these voters decide from now on, tells all nodes that can be reached, and waits for them,
    /// at most for `patience`. Where `version` is given, only if the list gets that one.
    ///
    /// # Errors
    ///
    /// Why it was not done.
    pub async fn elect(
        &self,
        voters: BTreeSet<NodeName>,
        version: Option<u64>,
        patience: Duration,
    ) -> Result<Resolution, NotElected> {
        let mut done = self.plan_election(&voters).map_err(NotElected::Refused)?;
        let mut chosen = Err(NotElected::Outdated(done.after.version));
        self.change(|members, now| chosen = decide(members, &done, version, now));
        let chosen = chosen?;
        let end = Instant::now() + patience;
        // Its own word is given only for what is on its disk; the beats of the node wait less.
        self.keep_voters(patience).await;
        self.exchange().await;
        let adopted = adopted(self, &chosen, &done.asked, end).await;
        done.is_done = true;
        done.after = chosen.into();
        done.pending = Some(done.asked.difference(&adopted).cloned().collect());
        done.adopted = Some(adopted);
        done.is_kept = Some(self.voter_store.is_kept());
        Ok(done)
    }
}

/// Does what was planned, if the plan still holds: much may have happened since it was made.
fn decide(
    members: &mut Members,
    planned: &Resolution,
    version: Option<u64>,
    now: Instant,
) -> Result<Electorate, NotElected> {
    let is_change = planned.after.version != planned.before.version;
    let standing = members.electorate();
    let gets = if is_change { members.next_version() } else { standing.version };
    let stands = standing.voters == planned.after.voters;
    if version.is_some_and(|version| version != gets) || !(is_change || stands) {
        let next = if stands { gets } else { members.next_version() };
        tracing::debug!(version, next, "the list of voters has changed");
        return Err(NotElected::Outdated(next));
    }
    if let Some(name) = disputed(members, &planned.after.voters, now) {
        return Err(NotElected::DuplicateName(name));
    }
    Ok(if is_change { members.elect(planned.after.voters.clone(), now) } else { standing.clone() })
}

/// A name that votes, before or then, of which two processes have a part of the cluster.
fn disputed(members: &Members, voters: &BTreeSet<NodeName>, now: Instant) -> Option<NodeName> {
    let before = &members.electorate().voters;
    let mut duplicates = members.duplicates(now).into_keys();
    duplicates.find(|name| voters.contains(name) || before.contains(name))
}
