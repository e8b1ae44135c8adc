//! The sessions that follow a request, as it carries them along.

use super::{SessionId, table::LIVE_MAX};

/// At most as many as run on a node. Copied with a context, which is in a box.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(super) struct Followers([Option<SessionId>; LIVE_MAX]);

impl Followers {
    pub(super) fn contains(self, id: SessionId) -> bool {
        self.iter().any(|one| one == id)
    }

    /// Takes one in. Where there is no room, in place of one that does not run here, by `runs`: it came
    /// from another node.
    pub(super) fn insert(&mut self, id: SessionId, runs: impl Fn(SessionId) -> bool) {
        if self.contains(id) {
            return;
        }
        let free = self.0.iter().position(Option::is_none);
        let foreign = || self.0.iter().position(|slot| slot.is_some_and(|one| !runs(one)));
        if let Some(slot) = free.or_else(foreign).and_then(|place| self.0.get_mut(place)) {
            *slot = Some(id);
        }
    }

    pub(super) fn retain(&mut self, is_kept: impl Fn(SessionId) -> bool) {
        for slot in &mut self.0 {
            *slot = slot.filter(|id| is_kept(*id));
        }
    }

    pub(super) fn iter(self) -> impl Iterator<Item = SessionId> {
        self.0.into_iter().flatten()
    }
}

/// The first ones; as many as there is room for.
impl FromIterator<SessionId> for Followers {
    fn from_iter<I: IntoIterator<Item = SessionId>>(ids: I) -> Self {
        let mut followers = Self::default();
        for id in ids {
            followers.insert(id, |_| true);
        }
        followers
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn id(number: u64) -> SessionId {
        SessionId::new(number.try_into().unwrap())
    }

    #[test]
    fn one_that_runs_here_has_room_before_those_that_do_not() {
        let mut followers: Followers = (1..=100).map(id).collect();
        assert!(followers.iter().eq((1..=8).map(id)));
        followers.insert(id(50), |one| one != id(3));
        assert!(followers.contains(id(50)) && !followers.contains(id(3)));
        followers.insert(id(51), |_| true);
        assert!(!followers.contains(id(51)));
        followers.retain(|one| one == id(50));
        assert!(followers.iter().eq([id(50)]));
    }
}
