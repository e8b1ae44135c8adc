//! What follows from all that is known: statuses, voters, and the verdict. Pure.

use std::{
    collections::{BTreeMap, BTreeSet},
    time::Duration,
};

use arsenal_core::{duration::milliseconds, membership::Verdict, name::NodeName};
use tokio::time::Instant;

use super::{LEASE, Members, is_long_gone, names::RIVALS_STAND};
use crate::membership::{
    change::Change,
    facts::NodeFacts,
    member::{MemberState, PathState},
    split::{Split, evidence},
    verdict::{Seen, electorate, verdict},
};

/// For how long a node that did not run waits for its paths to be confirmed. A path that is dead is
/// reset before.
const CONFIRMING_MAX: Duration = Duration::from_secs(4);

impl Members {
    pub(super) fn judge(&mut self, now: Instant) {
        self.notice_pause(now);
        self.judged_at = now;
        self.slept = Duration::ZERO;
        self.held_until = self.held_until.filter(|until| now < *until && !self.has_company());
        self.judge_statuses(now);
        self.forget(now);
        self.choose_voters(now);
        self.look_for_split(now);
        self.judge_verdict(now);
    }

    /// A verdict that was not renewed in time is one of before a pause: paths count again when they
    /// were confirmed since.
    pub(super) fn notice_pause(&mut self, now: Instant) {
        let pause = now.saturating_duration_since(self.judged_at) + self.slept;
        if pause > LEASE {
            self.woke_at = Some(now);
            // Noticed once.
            self.judged_at = now;
            self.slept = Duration::ZERO;
            let for_ms = milliseconds(pause);
            self.changes.push(Change::Paused { for_ms });
        }
    }

    pub(super) fn judge_statuses(&mut self, now: Instant) {
        for (name, state) in &mut self.others {
            let status = state.judged(now);
            if status != state.status {
                (state.status, state.since) = (status, now);
            }
            if !state.is_news(now) {
                continue;
            }
            let before = state.told.replace(status);
            let (node, generation) = (name.clone(), state.generation);
            let reason = state.reason().to_owned();
            self.changes.push(Change::NodeStatus { node, generation, before, status, reason });
        }
    }

    pub(super) fn forget(&mut self, now: Instant) {
        let gone = self.others.iter().filter(|(_, state)| is_long_gone(state, now));
        let gone: Vec<NodeName> = gone.map(|(name, _)| name.clone()).collect();
        for node in gone {
            if !self.adopted.voters.contains(&node) {
                self.others.remove(&node);
                self.changes.push(Change::NodeForgotten { node });
            } else if let Some(state) = self.others.get_mut(&node) {
                state.forget_start();
            }
        }
    }

    pub(super) fn choose_voters(&mut self, now: Instant) {
        let told = self.live_facts().map(|facts| &facts.electorate);
        let chosen = electorate(&self.config, &self.adopted, told);
        if chosen != self.adopted {
            // Other votes count from now on: what stood before says nothing about them.
            self.live_voters_changed_at = now;
            let (version, voters) = (chosen.version, chosen.voters.clone());
            self.changes.push(Change::Voters { version, voters });
            self.adopted = chosen;
        }
        for voter in self.adopted.voters.iter().filter(|voter| **voter != self.config.me) {
            let entry = self.others.entry(voter.clone());
            entry.or_insert_with(|| MemberState::never_met(0, now));
        }
    }

    pub(super) fn look_for_split(&mut self, now: Instant) {
        let has_rivals = !self.voting_rivals(now).is_empty();
        self.rivals_since = has_rivals.then(|| self.rivals_since.unwrap_or(now));
        let seen = self.seen_now(now).into_iter().next();
        let was_split = self.split.is_some();
        let standing = self.split.take().filter(|split| !split.is_resolved_by(&self.adopted));
        self.split = standing.or(seen);
        match (&self.split, was_split) {
            (Some(split), false) => {
                self.changes.push(Change::SplitBrain { evidence: split.evidence.clone() });
            }
            (None, true) => self.changes.push(Change::SplitBrainResolved),
            (Some(_), true) | (None, false) => {}
        }
    }

    /// Evidence of two authorities, as it is now.
    pub(super) fn seen_now(&self, now: Instant) -> Vec<Split> {
        let live: Vec<&NodeFacts> = self.live_facts().collect();
        let have_stood = self.rivals_since.is_some_and(|since| now >= since + RIVALS_STAND);
        let rivals = if have_stood { self.voting_rivals(now) } else { BTreeMap::new() };
        evidence(&self.adopted, &live, &rivals)
    }

    pub(super) fn judge_verdict(&mut self, now: Instant) {
        let live = self.confirmed_voters(now);
        if live != self.live_voters {
            self.live_voters = live;
            self.live_voters_changed_at = now;
        }
        let seen = Seen {
            live: &self.live_voters,
            has_company: self.has_company(),
            unchanged_for: now.saturating_duration_since(self.live_voters_changed_at),
            had_quorum: self.had_quorum,
            is_confirming: self.woke_at.is_some(),
            is_split: self.split.is_some(),
            is_contested: self.is_contested(now),
        };
        let verdict = verdict(&self.config.me, &self.adopted, &seen);
        self.had_quorum |= matches!(verdict, Verdict::Solo | Verdict::Whole | Verdict::Majority);
        if verdict != self.verdict.0 {
            let before = self.verdict.0;
            self.verdict = (verdict, now);
            let missing = self.adopted.voters.difference(&self.live_voters).cloned().collect();
            self.changes.push(Change::Verdict { before, verdict, missing });
        }
    }

    /// The voters with a path; after a pause only those that have answered since.
    pub(super) fn confirmed_voters(&mut self, now: Instant) -> BTreeSet<NodeName> {
        let paths: Vec<(&NodeName, PathState)> =
            self.others.iter().filter_map(|(name, state)| Some((name, state.path?))).collect();
        let is_confirmed =
            |path: &PathState| self.woke_at.is_none_or(|woke_at| path.confirmed_at > woke_at);
        let confirmed = paths.iter().filter(|(_, path)| is_confirmed(path));
        let mut live: BTreeSet<NodeName> = confirmed.map(|(name, _)| (*name).clone()).collect();
        let is_over = self.woke_at.is_some_and(|woke_at| now >= woke_at + CONFIRMING_MAX);
        if live.len() == paths.len() || is_over {
            self.woke_at = None;
        }
        live.insert(self.config.me.clone());
        live.retain(|name| self.adopted.voters.contains(name));
        live
    }
}
