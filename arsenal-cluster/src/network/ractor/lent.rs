//! The sessions that a program made by itself, on the node server that it gave us: which of them lead to
//! an agent, and when a path is tried on them. Pure: time comes with each call.
//!
//! Of two sessions between the same two node servers `ractor_cluster` ends one. So nobody is dialled to
//! whom such a session leads, as long as it may yet become a path.

use std::{collections::BTreeMap, time::Duration};

use ractor::ActorId;
use tokio::time::Instant;

use crate::network::{PeerId, WantedPeer};

/// Sessions of the program that are looked at. No path is tried on more.
const LENT_MAX: usize = 1024;

/// How soon a path is tried again on the same session, after it was refused or had ended.
const OFFERED_EVERY: Duration = Duration::from_secs(2);

/// For how long a session without a path keeps its peer from being dialled. It outlasts a peer that was
/// frozen for a moment; after that the session may be dead without knowing it.
const PATIENCE: Duration = Duration::from_secs(8);

/// `L` is the link to the agent at the other end.
pub(super) struct Lent<L>(BTreeMap<ActorId, Loan<L>>);

struct Loan<L> {
    /// The number that ractor gave to the other end.
    node_id: u64,
    /// The agent there, once there is one.
    agent: Option<(PeerId, L)>,
    is_unwanted: bool,
    next_offer: Option<Instant>,
    /// When it last had a path or an agent that was new.
    alive_at: Instant,
}

impl<L> Default for Lent<L> {
    fn default() -> Self {
        Self(BTreeMap::new())
    }
}

impl<L: Clone> Lent<L> {
    /// A session of the program is there.
    pub(super) fn add(&mut self, session: ActorId, node_id: u64, now: Instant) {
        if self.0.len() < LENT_MAX {
            self.0.entry(session).or_insert(Loan {
                node_id,
                agent: None,
                is_unwanted: false,
                next_offer: None,
                alive_at: now,
            });
        }
    }

    /// An agent is at the other end of a session, if it is one of these. `link` makes the way to it.
    pub(super) fn met(
        &mut self,
        node_id: u64,
        peer: PeerId,
        link: impl FnOnce(ActorId) -> L,
        now: Instant,
    ) {
        let found = self.0.iter_mut().find(|(_, loan)| loan.node_id == node_id);
        if let Some((session, loan)) = found
            && loan.agent.is_none()
        {
            loan.agent = Some((peer, link(*session)));
            (loan.is_unwanted, loan.next_offer, loan.alive_at) = (false, None, now);
        }
    }

    /// The agent at the other end has ended. Gives the session that led to it.
    pub(super) fn left(&mut self, node_id: u64, peer: &PeerId) -> Option<ActorId> {
        let is_it = |loan: &Loan<L>| {
            loan.node_id == node_id && loan.agent.as_ref().is_some_and(|(agent, _)| agent == peer)
        };
        let (session, loan) = self.0.iter_mut().find(|(_, loan)| is_it(loan))?;
        loan.agent = None;
        Some(*session)
    }

    pub(super) fn remove(&mut self, session: ActorId) {
        self.0.remove(&session);
    }

    /// Where a path shall be tried now.
    pub(super) fn due(
        &mut self,
        has_begun: impl Fn(&PeerId) -> bool,
        now: Instant,
    ) -> Vec<(PeerId, L)> {
        let mut due = Vec::new();
        for loan in self.0.values_mut() {
            let Some((peer, link)) = &loan.agent else { continue };
            let is_early = loan.next_offer.is_some_and(|next| now < next);
            if !loan.is_unwanted && !is_early && !has_begun(peer) {
                loan.next_offer = Some(now + OFFERED_EVERY);
                due.push((peer.clone(), link.clone()));
            }
        }
        due
    }

    /// Notes which peers have a path. True if there is one without, whom to dial may be due soon.
    pub(super) fn observe(&mut self, is_up: impl Fn(&PeerId) -> bool, now: Instant) -> bool {
        let mut lacks_one = false;
        for loan in self.0.values_mut() {
            let Some((peer, _)) = &loan.agent else { continue };
            if is_up(peer) {
                loan.alive_at = now;
            } else {
                lacks_one = true;
            }
        }
        lacks_one
    }

    /// Whether a session leads to this peer that may yet become a path.
    pub(super) fn leads_to(&self, peer: &PeerId, now: Instant) -> bool {
        self.0.values().any(|loan| {
            loan.agent.as_ref().is_some_and(|(agent, _)| agent == peer)
                && now.saturating_duration_since(loan.alive_at) < PATIENCE
        })
    }

    /// Nobody wants a path to this peer any more.
    pub(super) fn unwant(&mut self, peer: &PeerId) {
        self.mark(true, |agent| agent == peer);
    }

    /// These peers shall have a path.
    pub(super) fn want(&mut self, peers: &[WantedPeer]) {
        self.mark(false, |agent| peers.iter().any(|peer| peer.id.as_ref() == Some(agent)));
    }

    fn mark(&mut self, is_unwanted: bool, is_meant: impl Fn(&PeerId) -> bool) {
        for loan in self.0.values_mut() {
            if loan.agent.as_ref().is_some_and(|(agent, _)| is_meant(agent)) {
                loan.is_unwanted = is_unwanted;
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const SESSION: ActorId = ActorId::Local(7);

    fn b() -> PeerId {
        "b#1".parse().unwrap()
    }

    /// A session that leads to the agent of `b`.
    fn lent(now: Instant) -> Lent<ActorId> {
        let mut lent = Lent::default();
        lent.add(SESSION, 3, now);
        lent.met(3, b(), |session| session, now);
        lent
    }

    #[tokio::test(start_paused = true)]
    async fn a_path_is_tried_at_once_and_again_only_after_a_pause() {
        let now = Instant::now();
        let mut lent = lent(now);
        assert_eq!(lent.due(|_| true, now), [], "it has begun");
        assert_eq!(lent.due(|_| false, now), [(b(), SESSION)]);
        assert_eq!(lent.due(|_| false, now), []);
        assert_eq!(lent.due(|_| false, now + OFFERED_EVERY), [(b(), SESSION)]);
    }

    #[tokio::test(start_paused = true)]
    async fn nothing_is_tried_without_an_agent_or_where_nobody_wants_it() {
        let now = Instant::now();
        let mut lent = lent(now);
        lent.add(ActorId::Local(8), 4, now);
        lent.met(9, b(), |session| session, now);
        lent.unwant(&b());
        assert_eq!(lent.due(|_| false, now), []);
        let address = ([127, 0, 0, 1], 2).into();
        lent.want(&[WantedPeer { address, id: Some(b()) }]);
        assert_eq!(lent.due(|_| false, now).len(), 1);
        assert_eq!(lent.left(4, &b()), None);
        assert_eq!(lent.left(3, &b()), Some(SESSION));
        assert_eq!(lent.due(|_| false, now + OFFERED_EVERY), []);
    }

    #[tokio::test(start_paused = true)]
    async fn a_session_without_a_path_holds_dials_off_for_a_while() {
        let begun = Instant::now();
        let mut lent = lent(begun);
        assert!(lent.observe(|_| false, begun));
        assert!(lent.leads_to(&b(), begun) && !lent.leads_to(&"c#1".parse().unwrap(), begun));
        let later = begun + PATIENCE;
        assert!(!lent.leads_to(&b(), later));
        assert!(!lent.observe(|_| true, later));
        assert!(lent.leads_to(&b(), later));
        lent.remove(SESSION);
        assert!(!lent.leads_to(&b(), later));
    }

    #[tokio::test(start_paused = true)]
    async fn sessions_of_the_program_are_bounded() {
        let mut lent = lent(Instant::now());
        for number in 0..2_000 {
            lent.add(ActorId::Local(number + 10), number, Instant::now());
        }
        assert_eq!(lent.0.len(), LENT_MAX);
    }
}
