//! The paths of a node as a state machine: events in, steps out. The time is told to it; no socket.
//!
//! Each session that becomes ready begins a path with a new epoch. A path is up once both ends heard
//! of each other's epoch. Frames carry the epoch of their sender, so that what an old session still
//! delivers never counts for a new path. A part of it is random: only the two ends know it, so that no
//! third node can send under their label.
//!
//! A live node keeps its name. A newcomer with the name of a peer that has a path waits, and the peer is
//! asked whether it is there. If it answers, the newcomer is refused; if it closes the path, or is
//! silent until that is reset, the newcomer takes its place.

#[cfg(test)]
#[path = "paths_tests.rs"]
mod tests;

use std::{
    collections::{BTreeMap, VecDeque},
    net::SocketAddr,
};

use tokio::time::Instant;

use super::{
    Down, Peer, PeerId,
    attempt::DialError,
    contenders::{Contender, Contenders, Drawn},
    dialling::HANDSHAKE_MAX,
    greeting::{Greeting, label},
    note::Note,
};

/// How much of an epoch is random. The rest counts.
const SECRET_BITS: u32 = 40;

/// Greetings and refusals kept of peers whose session is not ready here yet. Only holders of the secret can send
/// one; the bound keeps a broken one from filling the memory.
const EARLY_MAX: usize = 256;

/// `L` is the link on which a path runs.
pub(super) struct Paths<L> {
    me: Peer,
    /// How many paths have begun.
    begun: u64,
    by_peer: BTreeMap<PeerId, Path<L>>,
    contenders: Contenders<L>,
    /// Greetings that came before their session was ready here.
    early: BTreeMap<PeerId, Heard>,
    /// Who holds our name, as peers said whose session is not ready here; and when they said so. A session
    /// has no longer than [`HANDSHAKE_MAX`] to become ready.
    early_held: BTreeMap<PeerId, (PeerId, Instant)>,
    /// Who sends under a label: only paths that are up.
    senders: BTreeMap<String, PeerId>,
    steps: VecDeque<Step<L>>,
}

struct Path<L> {
    link: L,
    /// Our number for it.
    epoch: u64,
    /// What the other end calls it and where it listens, once it greeted.
    heard: Option<Heard>,
    /// Whether the other end was told that it was heard.
    is_answered: bool,
    is_up: bool,
}

#[derive(Clone, Copy)]
struct Heard {
    epoch: u64,
    address: SocketAddr,
}

/// What has to be done, in this order.
#[derive(Debug, PartialEq, Eq)]
pub(super) enum Step<L> {
    Greet(L, Greeting),
    Up(Peer, L),
    Down(PeerId, Down),
    Close(L),
    Tell(L, Note),
    /// The newcomer on this link is refused, since the other start of its node lives. It closes the
    /// link when it has read so.
    Refuse(L, PeerId, PeerId),
    /// The other end refused this node: the link ends, for this reason.
    Refused(L, DialError),
}

/// A path that is up.
pub(super) struct OpenPath<'a> {
    pub(super) id: &'a PeerId,
    /// Where its other end listens.
    pub(super) address: SocketAddr,
    /// Where this node dialled it, if it did.
    pub(super) dialled: Option<SocketAddr>,
}

/// A link that one of its ends dialled.
pub(super) trait Dialled {
    /// The address that was dialled; `None` if the other end dialled.
    fn dialled(&self) -> Option<SocketAddr>;
}

impl OpenPath<'_> {
    /// Whether an address is the one of its other end, as that says or as it was dialled.
    pub(super) fn leads_to(&self, address: SocketAddr) -> bool {
        self.address == address || self.dialled == Some(address)
    }
}

impl<L: Clone> Paths<L> {
    pub(super) const fn new(me: Peer) -> Self {
        Self {
            me,
            begun: 0,
            by_peer: BTreeMap::new(),
            contenders: Contenders::new(),
            early: BTreeMap::new(),
            early_held: BTreeMap::new(),
            senders: BTreeMap::new(),
            steps: VecDeque::new(),
        }
    }

    /// A session to this peer is ready: a new path begins, and takes the place of an older one of the
    /// same start. Where another start has a path, that is asked first. What was drawn is never used twice.
    pub(super) fn ready(
        &mut self,
        id: PeerId,
        link: L,
        drawn: Drawn,
        now: Instant,
    ) -> Result<(), DialError> {
        if id.name == self.me.id.name {
            return Err(DialError::OwnName(id));
        }
        self.forget_early_held(now);
        if let Some((holder, _)) = self.early_held.remove(&id) {
            self.steps.push_back(Step::Refused(link, DialError::NameHeld(holder)));
            return Ok(());
        }
        let others = self.by_peer.iter().filter(|(other, _)| other.name == id.name);
        let others: Vec<(PeerId, bool)> =
            others.map(|(other, path)| (other.clone(), path.is_up)).collect();
        if others.iter().any(|(other, _)| other.generation > id.generation) {
            return Err(DialError::Outdated(id));
        }
        let holder = others.iter().find(|(other, is_up)| *is_up && *other != id);
        if let Some((holder, _)) = holder {
            self.contend(Contender { id, link, holder: holder.clone(), drawn });
            return Ok(());
        }
        let known = self.early.remove(&id).or_else(|| self.heard_while_waiting(&id));
        if let Some(newcomer) = self.contenders.after(&id) {
            self.refuse(newcomer);
        }
        for (old, _) in others {
            self.end(&old, Down::Closed);
        }
        self.begin(id, link, known, drawn.secret);
        Ok(())
    }

    /// A newcomer is refused without its peer being asked: others hear that it lives.
    pub(super) fn refuse_for(&mut self, holder: PeerId, id: PeerId, link: L) {
        self.steps.push_back(Step::Refuse(link, id, holder));
    }

    /// Somebody with the name of a peer came. Who holds the name is asked, anew for each.
    fn contend(&mut self, newcomer: Contender<L>) {
        if let Some(path) = self.by_peer.get(&newcomer.holder) {
            self.steps.push_back(Step::Tell(path.link.clone(), Note::Probe(newcomer.drawn.probe)));
        }
        match self.contenders.wait(newcomer) {
            // The same start dialled again.
            Some(old) if !self.is_waiting(&old.id) => self.refuse(old),
            Some(old) => self.steps.push_back(Step::Close(old.link)),
            None => {}
        }
    }

    fn refuse(&mut self, newcomer: Contender<L>) {
        let Contender { id, link, holder, .. } = newcomer;
        self.steps.push_back(Step::Refuse(link, id, holder));
    }

    fn begin(&mut self, id: PeerId, link: L, heard: Option<Heard>, secret: u64) {
        self.begun += 1;
        let path = Path {
            link,
            epoch: (self.begun << SECRET_BITS) | (secret & ((1 << SECRET_BITS) - 1)),
            heard,
            is_answered: heard.is_some(),
            is_up: false,
        };
        self.steps.push_back(Step::Greet(path.link.clone(), greeting(&self.me, &path)));
        self.by_peer.insert(id, path);
    }

    /// The other end of a session says something about a name.
    pub(super) fn noted(&mut self, sender: &PeerId, note: &Note, now: Instant) {
        self.forget_early_held(now);
        let path = self.by_peer.get(sender);
        match note {
            Note::Probe(number) => {
                if let Some(path) = path.filter(|path| path.is_up) {
                    self.steps.push_back(Step::Tell(path.link.clone(), Note::Alive(*number)));
                }
            }
            Note::Alive(number) => {
                if let Some(newcomer) = self.contenders.answered(sender, *number) {
                    self.refuse(newcomer);
                }
            }
            Note::Held(holder) if holder.name != self.me.id.name => {}
            Note::Held(holder) => match path {
                Some(path) if path.is_up => {}
                Some(path) => {
                    let why = DialError::NameHeld(holder.clone());
                    self.steps.push_back(Step::Refused(path.link.clone(), why));
                    self.by_peer.remove(sender);
                }
                None if self.early_held.len() < EARLY_MAX => {
                    self.early_held.insert(sender.clone(), (holder.clone(), now));
                }
                None => {}
            },
        }
    }

    /// The other end of a path introduces itself, or tells that it heard of us.
    pub(super) fn greeted(&mut self, greeting_in: &Greeting) {
        let heard = Heard { epoch: greeting_in.epoch, address: greeting_in.address };
        let Some(path) = self.by_peer.get_mut(&greeting_in.sender) else {
            return self.keep_early(greeting_in.sender.clone(), heard);
        };
        let known = path.heard.map_or(0, |known| known.epoch);
        if heard.epoch < known {
            return;
        }
        let is_news = heard.epoch > known;
        if path.is_up {
            // A newer session of the peer is not ready here yet.
            if is_news {
                self.keep_early(greeting_in.sender.clone(), heard);
            }
            return;
        }
        if is_news {
            path.heard = Some(heard);
            path.is_answered = false;
        }
        // Answered before anything else is sent, so that the other end is up before the first frame.
        if !path.is_answered {
            path.is_answered = true;
            self.steps.push_back(Step::Greet(path.link.clone(), greeting(&self.me, path)));
        }
        if greeting_in.heard == path.epoch {
            path.is_up = true;
            let id = greeting_in.sender.clone();
            self.senders.insert(label(&id, heard.epoch), id.clone());
            self.steps.push_back(Step::Up(Peer { id, address: heard.address }, path.link.clone()));
        }
    }

    /// The peer whose path carries frames under this label.
    pub(super) fn sender(&self, label: &str) -> Option<&PeerId> {
        self.senders.get(label)
    }

    /// The link of a path that is up, and the label for what is sent on it.
    pub(super) fn outgoing(&self, to: &PeerId) -> Option<(&L, String)> {
        let path = self.by_peer.get(to).filter(|path| path.is_up)?;
        Some((&path.link, label(&self.me.id, path.epoch)))
    }

    /// Links that this holds for are gone.
    pub(super) fn gone(&mut self, is_gone: impl Fn(&L) -> bool) {
        drop(self.contenders.remove_where(&is_gone));
        self.end_where(|path| is_gone(&path.link));
    }

    /// Links that this holds for had their time: what is not up on them is ended.
    pub(super) fn give_up(&mut self, is_late: impl Fn(&L) -> bool) {
        let late = self.contenders.remove_where(&is_late);
        self.steps.extend(late.into_iter().map(|newcomer| Step::Close(newcomer.link)));
        self.end_where(|path| !path.is_up && is_late(&path.link));
    }

    fn end_where(&mut self, is_over: impl Fn(&Path<L>) -> bool) {
        let over = self.by_peer.iter().filter(|(_, path)| is_over(path));
        let ids: Vec<PeerId> = over.map(|(id, _)| id.clone()).collect();
        for id in ids {
            self.end(&id, Down::Closed);
        }
    }

    /// Ends the path to a peer, if there is one.
    pub(super) fn end(&mut self, id: &PeerId, why: Down) {
        let Some(path) = self.by_peer.remove(id) else { return };
        if path.is_up {
            self.senders.retain(|_, sender| sender != id);
            self.steps.push_back(Step::Down(id.clone(), why));
        }
        self.steps.push_back(Step::Close(path.link));
        if let Some(newcomer) = self.contenders.after(id) {
            let heard = self.early.remove(&newcomer.id);
            self.begin(newcomer.id, newcomer.link, heard, newcomer.drawn.secret);
        }
    }

    /// Ends all paths.
    pub(super) fn end_all(&mut self) {
        self.give_up(|_| true);
        self.gone(|_| true);
        self.early.clear();
        self.early_held.clear();
    }

    /// The paths that are up.
    pub(super) fn up(&self) -> Vec<OpenPath<'_>>
    where
        L: Dialled,
    {
        let up = self.by_peer.iter().filter(|(_, path)| path.is_up);
        up.filter_map(|(id, path)| {
            let address = path.heard?.address;
            Some(OpenPath { id, address, dialled: path.link.dialled() })
        })
        .collect()
    }

    /// The links of all paths, up or not.
    pub(super) fn links(&self) -> impl Iterator<Item = &L> {
        self.by_peer.values().map(|path| &path.link).chain(self.contenders.links())
    }

    /// Whether there is a path to a peer, or one on its way, or it waits for the name of another start.
    pub(super) fn has_begun(&self, id: &PeerId) -> bool {
        self.by_peer.contains_key(id) || self.is_waiting(id)
    }

    /// The link of a path to a peer that is not up yet.
    pub(super) fn waiting(&self, id: &PeerId) -> Option<&L> {
        self.by_peer.get(id).filter(|path| !path.is_up).map(|path| &path.link)
    }

    /// Takes the next step. To be carried out by one thread only, or the order is lost.
    pub(super) fn next_step(&mut self) -> Option<Step<L>> {
        self.steps.pop_front()
    }

    /// What a path that is not up yet heard may have come from the session that replaces it.
    fn heard_while_waiting(&self, id: &PeerId) -> Option<Heard> {
        self.by_peer.get(id).filter(|path| !path.is_up)?.heard
    }

    fn is_waiting(&self, id: &PeerId) -> bool {
        self.contenders.ids().any(|waiting| waiting == id)
    }

    /// What was said of sessions that never became ready says nothing of later ones.
    fn forget_early_held(&mut self, now: Instant) {
        let is_recent = |said: Instant| now.saturating_duration_since(said) < HANDSHAKE_MAX;
        self.early_held.retain(|_, (_, said)| is_recent(*said));
    }

    fn keep_early(&mut self, sender: PeerId, heard: Heard) {
        let has_room = self.early.len() < EARLY_MAX || self.early.contains_key(&sender);
        if sender.name != self.me.id.name && has_room {
            self.early.insert(sender, heard);
        }
    }
}

fn greeting<L>(me: &Peer, path: &Path<L>) -> Greeting {
    Greeting {
        sender: me.id.clone(),
        epoch: path.epoch,
        address: me.address,
        heard: path.heard.map_or(0, |heard| heard.epoch),
    }
}
