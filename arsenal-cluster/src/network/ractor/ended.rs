//! Why a session ended: what its dialler hears of it, and as what it is counted if it was accepted.

use ractor_cluster::node::NodeServerSessionInformation;
use tokio::time::Instant;

use super::{
    core::{Core, State},
    doubts::Doubts,
    message::{id_of, peer_of},
    reason::Reason,
    sessions::Pending,
};
use crate::network::{DialError, PeerId};

/// What the other end of a session said of itself.
enum Said {
    Nothing,
    Peer(PeerId),
    /// The name of a node server that a program has.
    Program,
}

pub(super) fn gone(core: &Core, session: &NodeServerSessionInformation) {
    let id = id_of(session);
    let mut state = core.state();
    state.paths.gone(|link| link.session() == id);
    state.lent.remove(id);
    let Some(pending) = state.sessions.remove(id) else { return };
    let named = peer_of(session);
    let said = match (&named, &session.peer_name) {
        (Some(peer), _) => Said::Peer(peer.clone()),
        (None, Some(_)) => Said::Program,
        (None, None) => Said::Nothing,
    };
    let is_spare = named.as_ref().is_some_and(|peer| is_spare(core, &state, peer));
    let now = Instant::now();
    if let Some(address) = pending.dialled {
        let closed = left(&pending, named, is_spare);
        if let Some(dialling) = state.wanted.kept_mut(address) {
            dialling.closed(id, pending.ended(closed, now));
        }
        return;
    }
    let doubts = &mut state.sessions.doubts;
    let reason = why_refused(doubts, &pending, &said, is_spare, now);
    drop(state);
    if let Some(reason) = reason {
        count(core, reason, &pending, &said);
    }
}

/// Whether a session with this peer is one too many. Of two with one peer, one is ended by either end,
/// sometimes after it proved the secret but before anybody here is told so; and so is one with this
/// node itself.
fn is_spare(core: &Core, state: &State, peer: &PeerId) -> bool {
    *peer == core.me.id || state.paths.has_begun(peer) || state.sessions.has_proved(peer)
}

/// What a session says that was dialled and that the other end closed. Whoever said its name was asked
/// for a proof next.
fn left(ended: &Pending, named: Option<PeerId>, is_spare: bool) -> DialError {
    match named {
        Some(peer) if !ended.is_proved && !is_spare => DialError::OtherSecret(peer),
        Some(_) | None => DialError::HandshakeClosed,
    }
}

/// As what a session is counted that was accepted; `None` if nobody was turned away, or that is counted.
fn why_refused(
    doubts: &mut Doubts,
    ended: &Pending,
    said: &Said,
    is_spare: bool,
    now: Instant,
) -> Option<Reason> {
    if ended.refusal.is_some() {
        return None;
    }
    if matches!(said, Said::Nothing) {
        return Some(Reason::NotANode);
    }
    if now >= ended.late_at {
        return Some(Reason::HandshakeTimedOut);
    }
    if ended.is_proved {
        return None;
    }
    // A program may have had a session already, of which this one was the spare.
    let is_accused = matches!(said, Said::Peer(peer) if !is_spare && doubts.doubt(&peer.name));
    Some(if is_accused { Reason::OtherSecret } else { Reason::Unproved })
}

fn count(core: &Core, reason: Reason, ended: &Pending, said: &Said) {
    match said {
        Said::Peer(peer) => {
            let said = format_args!("; it says that it is {peer}");
            core.turned_away.count(reason, ended.from, said);
        }
        Said::Nothing if core.tls.is_none() => {
            let hint = "; a node with certificates needs them on this side, too (--cluster-cert)";
            core.turned_away.count(reason, ended.from, hint);
        }
        Said::Nothing | Said::Program => core.turned_away.count(reason, ended.from, ""),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::network::dialling::HANDSHAKE_MAX;

    fn b() -> PeerId {
        "b#1".parse().unwrap()
    }

    fn proved() -> Pending {
        Pending { is_proved: true, peer: Some(b()), ..Pending::example() }
    }

    /// As what an accepted session is counted that ends right now.
    fn refused(doubts: &mut Doubts, ended: &Pending, is_spare: bool) -> Option<Reason> {
        why_refused(doubts, ended, &Said::Peer(b()), is_spare, Instant::now())
    }

    #[tokio::test(start_paused = true)]
    async fn only_whoever_leaves_twice_without_a_proof_is_accused() {
        let mut doubts = Doubts::default();
        let unproved = Pending::example();
        assert_eq!(refused(&mut doubts, &unproved, false), Some(Reason::Unproved));
        assert_eq!(refused(&mut doubts, &unproved, false), Some(Reason::OtherSecret));
        assert_eq!(refused(&mut doubts, &unproved, true), Some(Reason::Unproved), "a spare one");
        assert_eq!(refused(&mut doubts, &proved(), false), None, "a node may leave");
        doubts.trust(&b().name);
        assert_eq!(refused(&mut doubts, &unproved, true), Some(Reason::Unproved));
        assert_eq!(refused(&mut doubts, &unproved, false), Some(Reason::Unproved), "proved since");
    }

    #[tokio::test(start_paused = true)]
    async fn whoever_takes_too_long_is_not_accused() {
        let mut doubts = Doubts::default();
        let now = Instant::now() + HANDSHAKE_MAX;
        for ended in [Pending::example(), proved(), Pending::example()] {
            let reason = why_refused(&mut doubts, &ended, &Said::Peer(b()), false, now);
            assert_eq!(reason, Some(Reason::HandshakeTimedOut));
        }
        let silent = why_refused(&mut doubts, &Pending::example(), &Said::Nothing, false, now);
        assert_eq!(silent, Some(Reason::NotANode));
    }

    #[tokio::test(start_paused = true)]
    async fn what_was_refused_is_not_counted_again() {
        let refusal = Some(DialError::NoAgent);
        let ended = Pending { refusal, ..proved() };
        assert_eq!(refused(&mut Doubts::default(), &ended, false), None);
    }

    #[tokio::test(start_paused = true)]
    async fn a_dialled_session_that_is_proved_or_spare_says_nothing_of_secrets() {
        let unproved = Pending::example();
        assert_eq!(left(&unproved, Some(b()), false), DialError::OtherSecret(b()));
        let others = [
            left(&unproved, Some(b()), true),
            left(&proved(), Some(b()), false),
            left(&unproved, None, false),
        ];
        assert!(others.iter().all(|why| *why == DialError::HandshakeClosed), "{others:?}");
    }
}
