//! The shares of sandboxes that a node runs, from before their first process is started.

use std::{
    collections::{BTreeMap, VecDeque},
    sync::{Mutex, MutexGuard, PoisonError},
    time::Duration,
};

use arsenal_core::error::OperationError;
use ractor::ActorCell;
use tokio::time::Instant;

use super::SandboxId;

/// For how long a share that was ended here cannot be started: a start and its end may overtake each
/// other on their way. Longer than a request may wait.
const ENDED_FOR: Duration = Duration::from_mins(1);

/// Ended shares that are remembered; the oldest is forgotten first.
const ENDED_MAX: usize = 10_000;

/// Shares by sandbox, and those that were ended a short time ago.
#[derive(Debug, Default)]
pub struct Shares(Mutex<Table>);

#[derive(Debug, Default)]
struct Table {
    shares: BTreeMap<SandboxId, Share>,
    /// In the order of their end.
    ended: VecDeque<(SandboxId, Instant)>,
}

#[derive(Debug)]
struct Share {
    /// Which start of the owner asked for it.
    owner_generation: u64,
    /// What all its processes are under; `None` until it runs.
    supervisor: Option<ActorCell>,
}

/// What was found of a share that was taken out.
#[derive(Debug)]
pub(super) enum Taken {
    /// There was no such share.
    Nothing,
    /// A place only. Whoever took it finds it gone, and ends what it has started.
    Reserved,
    /// What its processes are under.
    Running(ActorCell),
}

impl Shares {
    /// Takes the place of a share that is about to be started.
    ///
    /// # Errors
    ///
    /// `conflict` where there is one of this sandbox, or was one that has just been ended.
    pub(super) fn reserve(
        &self,
        id: &SandboxId,
        owner_generation: u64,
        now: Instant,
    ) -> Result<(), OperationError> {
        let mut table = self.table();
        if table.shares.contains_key(id) {
            let detail = format!("this node already runs a share of `{id}`");
            return Err(OperationError::conflict(detail));
        }
        table.forget(now);
        if table.ended.iter().any(|(ended, _)| ended == id) {
            return Err(was_ended(id));
        }
        table.shares.insert(id.clone(), Share { owner_generation, supervisor: None });
        Ok(())
    }

    /// Fills a place that was reserved.
    ///
    /// # Errors
    ///
    /// `conflict` where the share was ended meanwhile.
    pub(super) fn fill(&self, id: &SandboxId, supervisor: ActorCell) -> Result<(), OperationError> {
        let mut table = self.table();
        let share = table.shares.get_mut(id).ok_or_else(|| was_ended(id))?;
        share.supervisor = Some(supervisor);
        Ok(())
    }

    /// Whether a share that was reserved has not been ended since; else `conflict`.
    pub(super) fn check(&self, id: &SandboxId) -> Result<(), OperationError> {
        if self.table().shares.contains_key(id) { Ok(()) } else { Err(was_ended(id)) }
    }

    /// Takes a share out, for good: for a while, none of this sandbox can be started.
    pub(super) fn end(&self, id: &SandboxId, now: Instant) -> Taken {
        let mut table = self.table();
        table.forget(now);
        table.ended.retain(|(ended, _)| ended != id);
        while table.ended.len() >= ENDED_MAX {
            table.ended.pop_front();
        }
        table.ended.push_back((id.clone(), now));
        match table.shares.remove(id) {
            None => Taken::Nothing,
            Some(Share { supervisor: None, .. }) => Taken::Reserved,
            Some(Share { supervisor: Some(supervisor), .. }) => Taken::Running(supervisor),
        }
    }

    /// The shares with the start of the owner that each belongs to.
    pub(super) fn owners(&self) -> Vec<(SandboxId, u64)> {
        let table = self.table();
        table.shares.iter().map(|(id, share)| (id.clone(), share.owner_generation)).collect()
    }

    fn table(&self) -> MutexGuard<'_, Table> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl Table {
    /// Drops what was ended long ago.
    fn forget(&mut self, now: Instant) {
        let is_old = |at: Instant| now.saturating_duration_since(at) >= ENDED_FOR;
        while self.ended.front().is_some_and(|(_, at)| is_old(*at)) {
            self.ended.pop_front();
        }
    }
}

fn was_ended(id: &SandboxId) -> OperationError {
    OperationError::conflict(format!("the share of `{id}` was ended before it was started"))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn id(number: u32) -> SandboxId {
        SandboxId::new("a".parse().unwrap(), number)
    }

    #[tokio::test(start_paused = true)]
    async fn a_share_that_is_ended_while_it_is_started_finds_its_place_gone() {
        let (shares, now) = (Shares::default(), Instant::now());
        shares.reserve(&id(1), 1, now).unwrap();
        assert!(shares.reserve(&id(1), 1, now).is_err(), "one share of a sandbox");
        assert!(shares.check(&id(1)).is_ok());
        assert!(matches!(shares.end(&id(1), now), Taken::Reserved));
        assert!(shares.check(&id(1)).is_err());
    }

    #[tokio::test(start_paused = true)]
    async fn a_start_that_arrives_after_its_end_is_refused_for_a_while() {
        let (shares, now) = (Shares::default(), Instant::now());
        assert!(matches!(shares.end(&id(1), now), Taken::Nothing));
        assert!(shares.reserve(&id(1), 1, now + ENDED_FOR / 2).is_err());
        assert!(shares.reserve(&id(2), 1, now).is_ok(), "another one is not concerned");
        assert!(shares.reserve(&id(1), 1, now + ENDED_FOR).is_ok());
    }

    #[tokio::test(start_paused = true)]
    async fn what_is_remembered_of_ended_shares_is_bounded() {
        let (shares, now) = (Shares::default(), Instant::now());
        for number in 0..=u32::try_from(ENDED_MAX).unwrap() {
            shares.end(&id(number), now);
        }
        assert_eq!(shares.table().ended.len(), ENDED_MAX);
        assert!(shares.reserve(&id(0), 1, now).is_ok(), "the oldest is forgotten");
        assert!(shares.reserve(&id(1), 1, now).is_err());
    }
}
