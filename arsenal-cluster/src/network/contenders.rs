//! Newcomers with the name of a peer that has a path: they wait until it is known whether that lives. Pure.

use std::collections::BTreeMap;

use arsenal_core::name::NodeName;

use super::PeerId;

/// At most one for each name: the newest start.
pub(super) struct Contenders<L>(BTreeMap<NodeName, Contender<L>>);

/// Random numbers for one session. The probe is told to the holder of a name, the secret never.
#[derive(Clone, Copy)]
pub(super) struct Drawn {
    /// What the epoch of its path has of randomness. Only its two ends know it.
    pub(super) secret: u64,
    /// What the holder of the name is asked, if there is one. Nobody else can know it.
    pub(super) probe: u64,
}

/// A newcomer.
pub(super) struct Contender<L> {
    pub(super) id: PeerId,
    pub(super) link: L,
    /// Who has the path.
    pub(super) holder: PeerId,
    /// What was drawn for its session.
    pub(super) drawn: Drawn,
}

impl<L> Contenders<L> {
    pub(super) const fn new() -> Self {
        Self(BTreeMap::new())
    }

    /// Lets a newcomer wait, unless a later start of its node does. Gives the one that waits no more.
    pub(super) fn wait(&mut self, newcomer: Contender<L>) -> Option<Contender<L>> {
        let name = newcomer.id.name.clone();
        match self.0.get(&name) {
            Some(waiting) if waiting.id.generation > newcomer.id.generation => Some(newcomer),
            Some(_) | None => self.0.insert(name, newcomer),
        }
    }

    /// The newcomer that waits for this peer to be gone.
    pub(super) fn after(&mut self, holder: &PeerId) -> Option<Contender<L>> {
        let is_next = self.0.get(&holder.name).is_some_and(|waiting| waiting.holder == *holder);
        if is_next { self.0.remove(&holder.name) } else { None }
    }

    /// The newcomer that waited for this answer.
    pub(super) fn answered(&mut self, holder: &PeerId, probe: u64) -> Option<Contender<L>> {
        let is_asked = self.0.get(&holder.name).is_some_and(|waiting| waiting.drawn.probe == probe);
        if is_asked { self.after(holder) } else { None }
    }

    /// Newcomers on these links are gone.
    pub(super) fn remove_where(&mut self, is_gone: impl Fn(&L) -> bool) -> Vec<Contender<L>> {
        self.0.extract_if(.., |_, waiting| is_gone(&waiting.link)).map(|(_, gone)| gone).collect()
    }

    pub(super) fn ids(&self) -> impl Iterator<Item = &PeerId> {
        self.0.values().map(|waiting| &waiting.id)
    }

    pub(super) fn links(&self) -> impl Iterator<Item = &L> {
        self.0.values().map(|waiting| &waiting.link)
    }
}
