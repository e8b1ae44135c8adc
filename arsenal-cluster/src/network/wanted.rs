//! Which addresses shall have a path, who was found there, and how the dials to each of them go. Pure:
//! time comes with each call.

use std::{collections::BTreeMap, net::SocketAddr, time::Duration};

use tokio::time::Instant;

use super::{Attempt, DialError, PeerId, WantedPeer, paths::OpenPath};
use crate::told::Told;

/// The failure in a row that people hear of first.
const TOLD_AT: u32 = 3;

/// The addresses that shall have a path; `T` is what a network keeps for each.
pub(super) struct Wanted<T>(BTreeMap<SocketAddr, Entry<T>>);

struct Entry<T> {
    peer: WantedPeer,
    /// Who was found here last. The peer may advertise another address than the one we know.
    found: Option<PeerId>,
    failure: Option<Failure>,
    /// What people have heard since the last path.
    told: Told,
    kept: T,
}

struct Failure {
    reason: DialError,
    count: u32,
    since: Instant,
    next_try: Instant,
}

impl<T> Default for Wanted<T> {
    fn default() -> Self {
        Self(BTreeMap::new())
    }
}

impl<T> Wanted<T> {
    /// Replaces the set. `begin` makes what is kept for an address that is new, or where somebody else
    /// is expected now: that is dialled anew, without the pause that failures left behind. What people
    /// heard of the address counts on: a peer that starts again and again may be wrong in the same way.
    pub(super) fn replace(
        &mut self,
        me: SocketAddr,
        peers: Vec<WantedPeer>,
        mut begin: impl FnMut(SocketAddr) -> T,
    ) {
        let mut old = std::mem::take(&mut self.0);
        for peer in peers.into_iter().filter(|peer| peer.address != me) {
            let entry = match old.remove(&peer.address) {
                Some(same) if same.peer.id == peer.id => same,
                other => Entry {
                    kept: begin(peer.address),
                    told: other.map(|other| other.told).unwrap_or_default(),
                    peer,
                    found: None,
                    failure: None,
                },
            };
            self.0.insert(entry.peer.address, entry);
        }
    }

    /// The peers that have a path but are not in the set that is to come.
    pub(super) fn unwanted(&self, to_come: &[WantedPeer], up: &[OpenPath<'_>]) -> Vec<PeerId> {
        let is_wanted = |path: &OpenPath<'_>| {
            to_come.iter().any(|peer| match &peer.id {
                Some(id) => id == path.id,
                None => path.leads_to(peer.address) || self.was_found(path.id, peer.address),
            })
        };
        up.iter().filter(|path| !is_wanted(path)).map(|path| path.id.clone()).collect()
    }

    /// Whether one of these paths leads to whom is wanted at an address.
    pub(super) fn is_reached(&self, address: SocketAddr, up: &[OpenPath<'_>]) -> bool {
        let expected = self.expected(address);
        up.iter().any(|path| {
            path.leads_to(address) || expected == Some(path.id) || self.was_found(path.id, address)
        })
    }

    /// Who is expected at an address.
    pub(super) fn expected(&self, address: SocketAddr) -> Option<&PeerId> {
        self.0.get(&address).and_then(|entry| entry.peer.id.as_ref())
    }

    /// Who answered at an address.
    pub(super) fn found(&mut self, address: SocketAddr, peer: &PeerId) {
        if let Some(entry) = self.0.get_mut(&address) {
            entry.found = Some(peer.clone());
        }
    }

    /// A path leads there.
    pub(super) fn reached(&mut self, address: SocketAddr) {
        if let Some(entry) = self.0.get_mut(&address) {
            entry.failure = None;
            entry.told.forget();
        }
    }

    /// Notes a failed dial. True if people should hear of it: from the third failure in a row on (a peer
    /// that starts at the same time is not yet worth a warning), when the reason is another one or they
    /// heard of it long ago.
    pub(super) fn failed(
        &mut self,
        address: SocketAddr,
        reason: &DialError,
        pause: Duration,
        now: Instant,
    ) -> bool {
        let Some(entry) = self.0.get_mut(&address) else { return false };
        let last = entry.failure.take();
        let (count, since) = last.map_or((0, now), |last| (last.count, last.since));
        let count = count.saturating_add(1);
        entry.failure =
            Some(Failure { reason: reason.clone(), count, since, next_try: now + pause });
        count >= TOLD_AT && entry.told.is_news(&reason.to_string(), now)
    }

    /// What is known of the addresses that could not be reached.
    pub(super) fn attempts(&self, now: Instant) -> Vec<Attempt> {
        let failed = self.0.values().filter_map(|entry| Some((entry, entry.failure.as_ref()?)));
        failed
            .map(|(entry, failure)| Attempt {
                address: entry.peer.address,
                reason: failure.reason.clone(),
                count: failure.count,
                failed_since: failure.since,
                next_try_in: failure.next_try.saturating_duration_since(now),
            })
            .collect()
    }

    /// What is kept for an address.
    pub(super) fn kept_mut(&mut self, address: SocketAddr) -> Option<&mut T> {
        self.0.get_mut(&address).map(|entry| &mut entry.kept)
    }

    fn was_found(&self, peer: &PeerId, address: SocketAddr) -> bool {
        self.0.get(&address).and_then(|entry| entry.found.as_ref()) == Some(peer)
    }
}

#[cfg(test)]
mod tests {
    use std::io::ErrorKind;

    use super::*;

    fn address(port: u16) -> SocketAddr {
        ([127, 0, 0, 1], port).into()
    }

    fn anyone(port: u16) -> WantedPeer {
        WantedPeer { address: address(port), id: None }
    }

    fn somebody(port: u16, id: &str) -> WantedPeer {
        WantedPeer { address: address(port), id: Some(id.parse().unwrap()) }
    }

    /// A table of these, where what is kept is how many were begun before.
    fn wanted(peers: Vec<WantedPeer>) -> (Wanted<usize>, usize) {
        let mut begun = 0;
        let mut wanted = Wanted::default();
        wanted.replace(address(1), peers, |_| {
            begun += 1;
            begun
        });
        (wanted, begun)
    }

    fn path(id: &PeerId, port: u16, dialled: Option<u16>) -> OpenPath<'_> {
        OpenPath { id, address: address(port), dialled: dialled.map(address) }
    }

    #[test]
    fn an_address_is_dialled_anew_only_where_somebody_else_is_expected() {
        let (mut table, begun) = wanted(vec![anyone(1), anyone(2), somebody(3, "c#1")]);
        assert_eq!(begun, 2, "this node does not dial itself");
        let mut anew = Vec::new();
        let peers = vec![anyone(2), somebody(3, "c#2"), anyone(4)];
        table.replace(address(1), peers, |address| {
            anew.push(address.port());
            9
        });
        assert_eq!(anew, [3, 4]);
        assert_eq!(table.kept_mut(address(2)), Some(&mut 1));
        assert_eq!(table.kept_mut(address(5)), None);
    }

    #[test]
    fn a_peer_is_known_by_its_address_by_the_dialled_one_and_by_who_was_found() {
        let b: PeerId = "b#1".parse().unwrap();
        let (mut table, _) = wanted(vec![anyone(2)]);
        assert!(table.is_reached(address(2), &[path(&b, 2, None)]));
        assert!(table.is_reached(address(2), &[path(&b, 9, Some(2))]));
        assert!(!table.is_reached(address(2), &[path(&b, 9, None)]));
        table.found(address(2), &b);
        assert!(table.is_reached(address(2), &[path(&b, 9, None)]));
        assert_eq!(table.unwanted(&[anyone(2)], &[path(&b, 9, None)]), []);
        let left = table.unwanted(&[anyone(3)], &[path(&b, 9, None)]);
        assert_eq!(left, std::slice::from_ref(&b));
        let other_start = [somebody(2, "b#2")];
        assert_eq!(table.unwanted(&other_start, &[path(&b, 2, None)]), [b]);
    }

    #[tokio::test(start_paused = true)]
    async fn a_reason_is_told_again_after_long_only_and_anew_after_a_path() {
        let (mut table, _) = wanted(vec![somebody(2, "b#1")]);
        let begun = Instant::now();
        let minute = Duration::from_mins(1);
        let reasons = [DialError::HandshakeClosed, DialError::NoTls];
        // Two reasons take turns, and the peer starts again and again.
        let mut told = Vec::new();
        for number in 0..30_u32 {
            let reason = &reasons[usize::from(number % 2 == 1)];
            if table.failed(address(2), reason, minute, begun + minute * number) {
                told.push(number);
            }
            if number % 5 == 4 {
                let id = format!("b#{}", number + 2);
                table.replace(address(1), vec![somebody(2, &id)], |_| 0);
            }
        }
        assert_eq!(told, [2, 3, 12, 13, 22, 23]);
        table.reached(address(2));
        let mut fails = |_| table.failed(address(2), &reasons[0], minute, begun + minute * 30);
        assert_eq!([1, 2, 3].map(&mut fails), [false, false, true], "a path was there");
    }

    #[test]
    fn reasons_of_one_kind_that_need_another_remedy_are_told_each() {
        let (mut table, _) = wanted(vec![anyone(2)]);
        let secret = |of: &str| DialError::OtherSecret(of.parse().unwrap());
        let certificate = |why: &str| DialError::CertificateInvalid(why.to_owned());
        let connect = |kind| DialError::Connect(kind);
        let reasons = [
            connect(ErrorKind::ConnectionRefused),
            connect(ErrorKind::ConnectionRefused),
            connect(ErrorKind::ConnectionRefused),
            connect(ErrorKind::HostUnreachable),
            secret("b#1"),
            secret("b#2"),
            secret("x#1"),
        ];
        let (begun, pause) = (Instant::now(), Duration::from_secs(1));
        let mut told = |reason: &DialError| table.failed(address(2), reason, pause, begun);
        let heard: Vec<_> = reasons.iter().map(&mut told).collect();
        assert_eq!(heard, [false, false, true, true, true, false, true]);
        table.reached(address(2));
        let expired = |ago: u32| certificate(&format!("it has expired ({ago} seconds ago)"));
        let reasons = [1, 2, 3, 4].map(expired).into_iter().chain([certificate("unknown issuer")]);
        let mut told = |reason: DialError| table.failed(address(2), &reason, pause, begun);
        let heard: Vec<_> = reasons.map(&mut told).collect();
        assert_eq!(heard, [false, false, true, false, true]);
    }

    #[tokio::test(start_paused = true)]
    async fn failures_in_a_row_are_counted_and_told_at_the_third_and_when_they_change() {
        let (mut table, _) = wanted(vec![anyone(2)]);
        let begun = Instant::now();
        let second = Duration::from_secs(1);
        let (closed, late) = (DialError::HandshakeClosed, DialError::ConnectTimedOut);
        let mut told = Vec::new();
        for (number, reason) in [&closed, &closed, &closed, &closed, &late].iter().enumerate() {
            let now = begun + second * u32::try_from(number).unwrap();
            told.push(table.failed(address(2), reason, second * 2, now));
        }
        assert_eq!(told, [false, false, true, false, true]);
        let expected = Attempt {
            address: address(2),
            reason: late.clone(),
            count: 5,
            failed_since: begun,
            next_try_in: second,
        };
        assert_eq!(table.attempts(begun + second * 5), [expected]);
        table.reached(address(2));
        assert_eq!(table.attempts(begun), []);
        assert!(!table.failed(address(3), &late, second, begun), "nobody wants it");
    }
}
