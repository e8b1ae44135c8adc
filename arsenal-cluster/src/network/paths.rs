//! The paths of a node as a state machine: events in, steps out. No clock, no socket.
//!
//! Each session that becomes ready begins a path with a new epoch. A path is up once both ends heard
//! of each other's epoch. Frames carry the epoch of their sender, so that what an old session still
//! delivers never counts for a new path.

use std::{
    collections::{BTreeMap, VecDeque},
    net::SocketAddr,
};

use super::{
    Down, Peer, PeerId,
    attempt::DialError,
    greeting::{Greeting, label},
};

/// Greetings kept of peers whose session is not ready here yet. Only holders of the secret can send
/// one; the bound keeps a broken one from filling the memory.
const EARLY_MAX: usize = 256;

/// `L` is the link on which a path runs.
pub(super) struct Paths<L> {
    me: Peer,
    last_epoch: u64,
    by_peer: BTreeMap<PeerId, Path<L>>,
    /// Greetings that came before their session was ready here.
    early: BTreeMap<PeerId, Heard>,
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
            last_epoch: 0,
            by_peer: BTreeMap::new(),
            early: BTreeMap::new(),
            senders: BTreeMap::new(),
            steps: VecDeque::new(),
        }
    }

    /// A session to this peer is ready: a new path begins, and takes the place of older ones.
    pub(super) fn ready(&mut self, id: PeerId, link: L) -> Result<(), DialError> {
        if id.name == self.me.id.name {
            return Err(DialError::OwnName(id));
        }
        let same_name: Vec<PeerId> =
            self.by_peer.keys().filter(|other| other.name == id.name).cloned().collect();
        if same_name.iter().any(|other| other.generation > id.generation) {
            return Err(DialError::Outdated(id));
        }
        let known = self.early.remove(&id).or_else(|| self.heard_while_waiting(&id));
        for old in same_name {
            self.end(&old, Down::Closed);
        }
        self.last_epoch += 1;
        let path = Path {
            link,
            epoch: self.last_epoch,
            heard: known,
            is_answered: known.is_some(),
            is_up: false,
        };
        self.steps.push_back(Step::Greet(path.link.clone(), greeting(&self.me, &path)));
        self.by_peer.insert(id, path);
        Ok(())
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
        self.end_where(|path| is_gone(&path.link));
    }

    /// Links that this holds for had their time: what is not up on them is ended.
    pub(super) fn give_up(&mut self, is_late: impl Fn(&L) -> bool) {
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
    }

    /// Ends all paths.
    pub(super) fn end_all(&mut self) {
        self.gone(|_| true);
        self.early.clear();
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
        self.by_peer.values().map(|path| &path.link)
    }

    /// Takes the next step. To be carried out by one thread only, or the order is lost.
    pub(super) fn next_step(&mut self) -> Option<Step<L>> {
        self.steps.pop_front()
    }

    /// What a path that is not up yet heard may have come from the session that replaces it.
    fn heard_while_waiting(&self, id: &PeerId) -> Option<Heard> {
        self.by_peer.get(id).filter(|path| !path.is_up)?.heard
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

#[cfg(test)]
mod tests {
    use super::*;

    const HERE: &str = "127.0.0.1:1";
    const THERE: &str = "127.0.0.1:2";

    fn peer(id: &str, address: &str) -> Peer {
        Peer { id: id.parse().unwrap(), address: address.parse().unwrap() }
    }

    fn paths() -> Paths<u32> {
        Paths::new(peer("a#1", HERE))
    }

    fn from_b(epoch: u64, heard: u64) -> Greeting {
        let Peer { id, address } = peer("b#1", THERE);
        Greeting { sender: id, epoch, address, heard }
    }

    fn from_a(epoch: u64, heard: u64) -> Greeting {
        let Peer { id, address } = peer("a#1", HERE);
        Greeting { sender: id, epoch, address, heard }
    }

    fn steps(paths: &mut Paths<u32>) -> Vec<Step<u32>> {
        std::iter::from_fn(|| paths.next_step()).collect()
    }

    /// A path to `b#1` over `link` that is up; `b` calls it `epoch`, we call it `ours`.
    fn bring_up(paths: &mut Paths<u32>, link: u32, epoch: u64, ours: u64) {
        paths.ready(peer("b#1", THERE).id, link).unwrap();
        paths.greeted(&from_b(epoch, ours));
        let steps = steps(paths);
        assert_eq!(steps.last(), Some(&Step::Up(peer("b#1", THERE), link)), "{steps:?}");
    }

    #[test]
    fn a_path_is_up_when_both_ends_heard_of_each_other() {
        let mut paths = paths();
        let b = peer("b#1", THERE);
        paths.ready(b.id.clone(), 7).unwrap();
        assert_eq!(steps(&mut paths), [Step::Greet(7, from_a(1, 0))]);
        paths.greeted(&from_b(5, 0));
        assert_eq!(steps(&mut paths), [Step::Greet(7, from_a(1, 5))], "answered, but not up");
        assert!(paths.outgoing(&b.id).is_none());
        assert!(paths.sender("b#1/5").is_none());
        paths.greeted(&from_b(5, 1));
        assert_eq!(steps(&mut paths), [Step::Up(b.clone(), 7)]);
        assert_eq!(paths.outgoing(&b.id), Some((&7, String::from("a#1/1"))));
        assert_eq!(paths.sender("b#1/5"), Some(&b.id));
    }

    #[test]
    fn a_greeting_before_the_session_is_ready_is_not_lost() {
        let mut paths = paths();
        paths.greeted(&from_b(5, 0));
        assert_eq!(steps(&mut paths), []);
        paths.ready(peer("b#1", THERE).id, 7).unwrap();
        assert_eq!(steps(&mut paths), [Step::Greet(7, from_a(1, 5))]);
        paths.greeted(&from_b(5, 1));
        assert_eq!(steps(&mut paths), [Step::Up(peer("b#1", THERE), 7)]);
    }

    #[test]
    fn a_new_session_ends_the_old_path_first_and_its_frames_with_it() {
        let mut paths = paths();
        bring_up(&mut paths, 7, 5, 1);
        paths.greeted(&from_b(6, 0));
        assert_eq!(steps(&mut paths), [], "the new session is not ready here");
        paths.ready(peer("b#1", THERE).id, 8).unwrap();
        assert_eq!(
            steps(&mut paths),
            [
                Step::Down(peer("b#1", THERE).id, Down::Closed),
                Step::Close(7),
                Step::Greet(8, from_a(2, 6)),
            ]
        );
        paths.greeted(&from_b(6, 2));
        assert_eq!(steps(&mut paths), [Step::Up(peer("b#1", THERE), 8)]);
        assert!(paths.sender("b#1/5").is_none(), "an old frame is nobody's");
        paths.gone(|link| *link == 7);
        assert_eq!(steps(&mut paths), [], "the end of the old session changes nothing");
    }

    #[test]
    fn a_reset_path_takes_nothing_and_is_down_once() {
        let mut paths = paths();
        bring_up(&mut paths, 7, 5, 1);
        let b = peer("b#1", THERE).id;
        paths.end(&b, Down::Reset);
        assert!(paths.outgoing(&b).is_none());
        assert!(paths.sender("b#1/5").is_none());
        paths.gone(|link| *link == 7);
        paths.end(&b, Down::Reset);
        assert_eq!(steps(&mut paths), [Step::Down(b, Down::Reset), Step::Close(7)]);
    }

    #[test]
    fn of_two_starts_of_one_node_the_newer_wins() {
        let mut paths = paths();
        bring_up(&mut paths, 7, 5, 1);
        paths.ready(peer("b#2", THERE).id, 8).unwrap();
        assert_eq!(
            steps(&mut paths)[..2],
            [Step::Down(peer("b#1", THERE).id, Down::Closed), Step::Close(7)]
        );
        let older = peer("b#1", THERE).id;
        assert_eq!(paths.ready(older.clone(), 9), Err(DialError::Outdated(older)));
        assert_eq!(steps(&mut paths), []);
    }

    #[test]
    fn nobody_gets_in_under_our_own_name() {
        let mut paths = paths();
        let twin = peer("a#9", THERE).id;
        assert_eq!(paths.ready(twin.clone(), 7), Err(DialError::OwnName(twin)));
        assert_eq!(steps(&mut paths), []);
    }

    #[test]
    fn early_greetings_are_bounded() {
        let mut paths = paths();
        for generation in 0..1000 {
            let mut greeting = from_b(1, 0);
            greeting.sender.generation = generation;
            paths.greeted(&greeting);
        }
        assert_eq!(paths.early.len(), EARLY_MAX);
    }
}
