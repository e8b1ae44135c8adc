//! Connections and sessions that are not a path yet: how many there may be, and for how long.

use std::{collections::BTreeMap, net::SocketAddr};

use ractor::ActorId;
use tokio::{task::JoinSet, time::Instant};

use super::{doubts::Doubts, tls::NodeCertificate};
use crate::network::{DialError, PeerId, dialling::HANDSHAKE_MAX};

/// Accepted connections that have not become a path. Each may hold a frame of
/// [`SESSION_FRAME_BYTES_MAX`](super::open::SESSION_FRAME_BYTES_MAX) that nobody vouched for.
pub(super) const STRANGERS_MAX: usize = 64;

#[derive(Default)]
pub(super) struct Sessions {
    /// Accepted and handed over, but not opened yet; by the address of the other end.
    accepted: BTreeMap<SocketAddr, Admitted>,
    /// Dialled and handed over, but not opened yet: since when. No more than there are wanted addresses.
    dialled: BTreeMap<SocketAddr, Instant>,
    pending: BTreeMap<ActorId, Pending>,
    /// Of whom it is not known yet whether they know the secret.
    pub(super) doubts: Doubts,
}

/// A connection on its way to a session.
pub(super) struct Admitted {
    since: Instant,
    /// What the other end has shown, where connections are encrypted.
    pub(super) certificate: Option<NodeCertificate>,
}

/// A session on its way to a path.
pub(super) struct Pending {
    /// Where it came from; `None` for a dialled one.
    pub(super) from: Option<SocketAddr>,
    /// The address that was dialled; `None` for an accepted one.
    pub(super) dialled: Option<SocketAddr>,
    /// What the other end has shown, where connections are encrypted.
    pub(super) certificate: Option<NodeCertificate>,
    /// Whether the other end proved that it knows the secret.
    pub(super) is_proved: bool,
    /// Who it says it is, where the name of its node server says so.
    pub(super) peer: Option<PeerId>,
    /// Why it was refused here, if it was.
    pub(super) refusal: Option<DialError>,
    /// When its time is over.
    pub(super) late_at: Instant,
    /// Ends the session then, or when the network is shut. Ends itself with this entry.
    pub(super) deadline: JoinSet<()>,
}

impl Pending {
    /// Why it ended without being a path: refused, too late, or closed by the other end.
    pub(super) fn ended(self, closed: DialError, now: Instant) -> DialError {
        // The dialler waits as long, and under load it is not always the first to see that.
        let is_late = now >= self.late_at;
        self.refusal.unwrap_or(if is_late { DialError::HandshakeTimedOut } else { closed })
    }
}

impl Sessions {
    /// Whether one more connection may come in. Counts it, if so.
    pub(super) fn admit(&mut self, from: SocketAddr, now: Instant) -> bool {
        self.accepted.retain(|_, admitted| now.duration_since(admitted.since) < HANDSHAKE_MAX);
        let strangers = self.pending.values().filter(|session| session.dialled.is_none()).count();
        let is_admitted = self.accepted.len() + strangers < STRANGERS_MAX;
        if is_admitted {
            self.accepted.insert(from, Admitted { since: now, certificate: None });
        }
        is_admitted
    }

    /// An admitted connection is encrypted now.
    pub(super) fn encrypted(
        &mut self,
        from: SocketAddr,
        certificate: Option<&NodeCertificate>,
        now: Instant,
    ) {
        let certificate = certificate.cloned();
        self.accepted.insert(from, Admitted { since: now, certificate });
    }

    /// An admitted connection will not be a session.
    pub(super) fn turned_away(&mut self, from: SocketAddr) {
        self.accepted.remove(&from);
    }

    /// The connection of an incoming session, if it was admitted. Given once.
    pub(super) fn admitted(&mut self, from: SocketAddr) -> Option<Admitted> {
        self.accepted.remove(&from)
    }

    /// A connection to this address is handed over. Not all of them open: the node server drops the
    /// one whose session does not start, and tells nobody.
    pub(super) fn dialling(&mut self, address: SocketAddr, now: Instant) {
        self.dialled.retain(|_, since| now.duration_since(*since) < HANDSHAKE_MAX);
        self.dialled.insert(address, now);
    }

    /// A connection to this address could not be handed over.
    pub(super) fn not_dialled(&mut self, address: SocketAddr) {
        self.dialled.remove(&address);
    }

    /// Whether an outgoing session is one that was handed over, and that somebody still waits for. Said
    /// once: the next session to this address may be the program's.
    pub(super) fn was_dialled(&mut self, address: SocketAddr, now: Instant) -> bool {
        let since = self.dialled.remove(&address);
        since.is_some_and(|since| now.duration_since(since) < HANDSHAKE_MAX)
    }

    pub(super) fn insert(&mut self, id: ActorId, session: Pending) {
        self.pending.insert(id, session);
    }

    pub(super) fn get_mut(&mut self, id: ActorId) -> Option<&mut Pending> {
        self.pending.get_mut(&id)
    }

    /// The other end of a session proved that it knows the secret.
    pub(super) fn proved(&mut self, id: ActorId, peer: Option<PeerId>) {
        let Some(pending) = self.pending.get_mut(&id) else { return };
        if let Some(peer) = &peer {
            self.doubts.trust(&peer.name);
        }
        (pending.is_proved, pending.peer) = (true, peer);
    }

    /// Whether a session on its way is with this peer, and it proved that.
    pub(super) fn has_proved(&self, peer: &PeerId) -> bool {
        self.pending.values().any(|it| it.is_proved && it.peer.as_ref() == Some(peer))
    }

    /// Whether a session is on its way to a path.
    pub(super) fn is_pending(&self, id: ActorId) -> bool {
        self.pending.contains_key(&id)
    }

    /// The session became a path, or ended.
    pub(super) fn remove(&mut self, id: ActorId) -> Option<Pending> {
        self.pending.remove(&id)
    }

    /// Nothing becomes a path any more. What waits for the end of a session goes on.
    pub(super) fn let_go(&mut self) {
        for mut pending in std::mem::take(&mut self.pending).into_values() {
            pending.deadline.detach_all();
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    impl Pending {
        /// One that was accepted just now.
        pub(in super::super) fn example() -> Self {
            Self {
                from: Some(address(9)),
                dialled: None,
                certificate: None,
                is_proved: false,
                peer: None,
                refusal: None,
                late_at: Instant::now() + HANDSHAKE_MAX,
                deadline: JoinSet::new(),
            }
        }
    }

    fn address(port: u16) -> SocketAddr {
        ([127, 0, 0, 1], port).into()
    }

    #[tokio::test(start_paused = true)]
    async fn strangers_are_bounded_until_they_are_a_path_or_gone() {
        let mut sessions = Sessions::default();
        let now = Instant::now();
        for port in 0..64 {
            assert!(sessions.admit(address(port), now));
        }
        assert!(!sessions.admit(address(99), now), "all places are taken");
        assert!(sessions.admitted(address(3)).is_some());
        sessions.insert(ActorId::Local(3), Pending::example());
        assert!(!sessions.admit(address(99), now), "opening does not free a place");
        sessions.remove(ActorId::Local(3));
        assert!(sessions.admit(address(99), now));
    }

    #[tokio::test(start_paused = true)]
    async fn a_connection_that_never_opens_frees_its_place_in_time() {
        let mut sessions = Sessions::default();
        let now = Instant::now();
        for port in 0..64 {
            sessions.admit(address(port), now);
        }
        assert!(sessions.admit(address(99), now + HANDSHAKE_MAX));
    }

    #[tokio::test(start_paused = true)]
    async fn a_session_that_took_too_long_is_told_from_one_that_the_other_end_closed() {
        let now = Instant::now();
        assert_eq!(
            Pending::example().ended(DialError::HandshakeClosed, now),
            DialError::HandshakeClosed
        );
        assert_eq!(
            Pending::example().ended(DialError::HandshakeClosed, now + HANDSHAKE_MAX),
            DialError::HandshakeTimedOut
        );
        let refused = Pending { refusal: Some(DialError::NoAgent), ..Pending::example() };
        assert_eq!(
            refused.ended(DialError::HandshakeClosed, now + HANDSHAKE_MAX),
            DialError::NoAgent
        );
    }

    #[tokio::test(start_paused = true)]
    async fn an_address_is_ours_for_one_session_and_no_longer_than_a_dial_waits() {
        let mut sessions = Sessions::default();
        let now = Instant::now();
        sessions.dialling(address(1), now);
        assert!(sessions.was_dialled(address(1), now));
        assert!(!sessions.was_dialled(address(1), now), "said once");
        sessions.dialling(address(1), now);
        sessions.not_dialled(address(1));
        assert!(!sessions.was_dialled(address(1), now), "it was not handed over");
        sessions.dialling(address(1), now);
        sessions.dialling(address(2), now);
        assert!(!sessions.was_dialled(address(1), now + HANDSHAKE_MAX), "it never opened");
        sessions.dialling(address(3), now + HANDSHAKE_MAX);
        assert_eq!(sessions.dialled.len(), 1, "what never opens is forgotten");
    }

    #[test]
    fn a_session_that_did_not_come_through_the_door_is_told_apart() {
        assert!(Sessions::default().admitted(address(1)).is_none());
    }
}
