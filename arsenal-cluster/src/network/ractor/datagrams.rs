//! Datagrams over UDP: sealed, and in parts where one would not fit.

use std::{
    collections::BTreeMap,
    io,
    net::SocketAddr,
    sync::{
        Arc,
        atomic::{AtomicU32, Ordering},
    },
    time::Duration,
};

use bytes::Bytes;
use tokio::{
    net::UdpSocket,
    time::{Instant, sleep},
};

use super::{reason::Reason, turned_away::TurnedAway};
use crate::network::{
    DATAGRAM_BYTES_MAX, DatagramKeys, Sink,
    seal::{Refused, Seal, seconds},
};

/// What one packet carries of a datagram. With its seal and all headers it fits into the 1,280 bytes that
/// each way carries unbroken: fragments of packets are dropped by many firewalls, and may be forged.
const PART_BYTES_MAX: usize = 1_150;

/// In how many parts the largest datagram comes.
const PARTS_MAX: usize = DATAGRAM_BYTES_MAX.div_ceil(PART_BYTES_MAX);

/// Number of the datagram, number of the part, number of parts.
const HEAD_BYTES: usize = 6;

/// Datagrams of which a part is missing. The oldest is given up for a newer one.
const INCOMPLETE_MAX: usize = 64;

/// The most bytes of such datagrams, all together.
const INCOMPLETE_BYTES_MAX: usize = 1 << 20;

/// The pause after a failed read. On some systems a packet that nobody took is reported there.
const PAUSE: Duration = Duration::from_millis(10);

/// Which protocol this is.
const CONTEXT: &[u8] = b"arsenal gossip 1";

/// The datagrams of one node.
pub(super) struct Datagrams {
    socket: UdpSocket,
    seal: Seal,
    next: AtomicU32,
    turned_away: Arc<TurnedAway>,
}

impl Datagrams {
    pub(super) async fn open(
        address: SocketAddr,
        keys: &DatagramKeys,
        turned_away: Arc<TurnedAway>,
    ) -> io::Result<Self> {
        let socket = UdpSocket::bind(address).await?;
        Ok(Self { socket, seal: Seal::new(keys, CONTEXT), next: AtomicU32::new(0), turned_away })
    }

    /// Sends at once or not at all: a full buffer is a loss as any other.
    pub(super) fn send(&self, to: SocketAddr, bytes: &[u8]) {
        let number = self.next.fetch_add(1, Ordering::Relaxed);
        if bytes.len() > DATAGRAM_BYTES_MAX {
            return;
        }
        for plain in packets(number, bytes) {
            let Some(sealed) = self.seal.close(&plain, seconds()) else { return };
            if let Err(error) = self.socket.try_send_to(&sealed, to) {
                tracing::debug!(%to, "a datagram was not sent: {error}");
            }
        }
    }

    /// Delivers what comes until the task is aborted.
    #[expect(clippy::infinite_loop, reason = "it ends when the network aborts it")]
    pub(super) async fn keep_reading(self: Arc<Self>, sink: Arc<dyn Sink>) {
        let mut buffer = vec![0; usize::from(u16::MAX)];
        let mut incomplete = Incomplete::default();
        loop {
            match self.socket.recv_from(&mut buffer).await {
                Ok((length, from)) => {
                    let sealed = buffer.get(..length).unwrap_or_default();
                    if let Some(whole) = self.read(sealed, from, &mut incomplete) {
                        sink.datagram(from, whole);
                    }
                }
                Err(error) => {
                    tracing::debug!("cannot read datagrams: {error}");
                    sleep(PAUSE).await;
                }
            }
        }
    }

    fn read(&self, sealed: &[u8], from: SocketAddr, incomplete: &mut Incomplete) -> Option<Bytes> {
        match self.seal.open(sealed, seconds()) {
            Ok(plain) => incomplete.take(from, &plain.into(), Instant::now()),
            Err(Refused::Foreign) => {
                self.turned_away.count(Reason::ForeignDatagram, Some(from), "");
                None
            }
            Err(Refused::Clock(skew)) => {
                let by = format_args!(" by {skew} s");
                self.turned_away.count(Reason::SkewedDatagram, Some(from), by);
                None
            }
        }
    }
}

/// The parts of a datagram, each with its head.
fn packets(number: u32, bytes: &[u8]) -> Vec<Vec<u8>> {
    // An empty one is a part, too.
    let parts: Vec<&[u8]> =
        if bytes.is_empty() { vec![bytes] } else { bytes.chunks(PART_BYTES_MAX).collect() };
    let count = u8::try_from(parts.len()).expect("the longest has few enough");
    let packet = |(index, part)| [&number.to_be_bytes()[..], &[index, count], part].concat();
    (0..count).zip(parts).map(packet).collect()
}

/// Datagrams that came in part.
#[derive(Default)]
struct Incomplete {
    datagrams: BTreeMap<(SocketAddr, u32), Parts>,
    /// What all parts have together.
    bytes: usize,
}

struct Parts {
    since: Instant,
    parts: BTreeMap<u8, Bytes>,
}

impl Incomplete {
    /// Takes a packet; gives the datagram that it completes.
    fn take(&mut self, from: SocketAddr, packet: &Bytes, now: Instant) -> Option<Bytes> {
        let (number, rest) = packet.split_first_chunk::<4>()?;
        let ([index, count], _) = rest.split_first_chunk::<2>()?;
        let (number, index, count) = (u32::from_be_bytes(*number), *index, *count);
        let part = packet.slice(HEAD_BYTES..);
        if count == 1 {
            return Some(part);
        }
        if index >= count || usize::from(count) > PARTS_MAX {
            return None;
        }
        let entry = self.datagrams.entry((from, number));
        let parts = entry.or_insert_with(|| Parts { since: now, parts: BTreeMap::new() });
        self.bytes += part.len();
        self.bytes -= parts.parts.insert(index, part).map_or(0, |same| same.len());
        if parts.parts.len() == usize::from(count) {
            let whole = self.remove(&(from, number))?;
            return Some(whole.parts.into_values().flatten().collect());
        }
        while self.datagrams.len() > INCOMPLETE_MAX || self.bytes > INCOMPLETE_BYTES_MAX {
            let oldest = self.datagrams.iter().min_by_key(|(_, parts)| parts.since);
            let oldest = oldest.map(|(key, _)| *key)?;
            self.remove(&oldest);
        }
        None
    }

    fn remove(&mut self, key: &(SocketAddr, u32)) -> Option<Parts> {
        let removed = self.datagrams.remove(key)?;
        self.bytes -= removed.parts.values().map(Bytes::len).sum::<usize>();
        Some(removed)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    use crate::network::DatagramKey;

    #[derive(Default)]
    struct Received(std::sync::Mutex<Vec<Bytes>>);

    impl Sink for Received {
        fn up(&self, _: &crate::network::Peer) {}
        fn frame(&self, _: &crate::network::PeerId, _: Bytes) {}
        fn down(&self, _: &crate::network::PeerId, _: crate::network::Down) {}
        fn datagram(&self, _: SocketAddr, bytes: Bytes) {
            self.0.lock().unwrap().push(bytes);
        }
    }

    async fn opened() -> Arc<Datagrams> {
        let keys = DatagramKey::new([7; 32]).into();
        let address = ([127, 0, 0, 1], 0).into();
        Arc::new(Datagrams::open(address, &keys, Arc::default()).await.unwrap())
    }

    #[tokio::test]
    async fn the_largest_datagram_arrives_whole_and_strangers_are_not_heard() {
        let (here, there) = (opened().await, opened().await);
        let received = Arc::new(Received::default());
        let to = there.socket.local_addr().unwrap();
        let _reading = tokio::task::JoinSet::from_iter([
            Arc::clone(&there).keep_reading(Arc::clone(&received) as _)
        ]);
        here.socket.writable().await.unwrap();
        here.socket.try_send_to(b"junk of a stranger", to).unwrap();
        let largest: Vec<u8> = (0..=250).cycle().take(DATAGRAM_BYTES_MAX).collect();
        for bytes in [&b""[..], b"short", &largest] {
            here.send(to, bytes);
        }
        let is_there = async {
            while received.0.lock().unwrap().len() < 3 {
                sleep(Duration::from_millis(1)).await;
            }
        };
        tokio::time::timeout(Duration::from_secs(5), is_there).await.unwrap();
        assert_eq!(*received.0.lock().unwrap(), [&b""[..], b"short", &largest]);
        let dropped = there.turned_away.counts().datagrams;
        assert_eq!(dropped, crate::network::DroppedDatagrams { foreign: 1, skewed: 0 });
    }

    const FROM: SocketAddr =
        SocketAddr::new(std::net::IpAddr::V4(std::net::Ipv4Addr::LOCALHOST), 1);

    #[test]
    fn each_packet_fits_into_the_least_that_every_way_carries() {
        let packets = packets(7, &vec![0; DATAGRAM_BYTES_MAX]);
        assert_eq!(packets.len(), PARTS_MAX);
        let seal = Seal::new(&DatagramKey::new([7; 32]).into(), CONTEXT);
        for packet in packets {
            let sealed = seal.close(&packet, seconds()).unwrap();
            // 40 bytes of IPv6, 8 of UDP.
            assert!(sealed.len() + 48 <= 1_280, "{}", sealed.len());
        }
    }

    #[test]
    fn a_part_that_is_lost_costs_its_own_datagram_only() {
        let mut incomplete = Incomplete::default();
        let now = Instant::now();
        let datagram: Vec<u8> = (0..=250).cycle().take(10_000).collect();
        let (lossy, whole) = (packets(1, &datagram), packets(2, &datagram));
        let mut taken = Vec::new();
        for (index, (lossy, whole)) in lossy.into_iter().zip(whole).enumerate() {
            if index != 3 {
                taken.extend(incomplete.take(FROM, &lossy.into(), now));
            }
            taken.extend(incomplete.take(FROM, &whole.into(), now));
        }
        assert_eq!(taken, [datagram]);
    }

    #[test]
    fn parts_that_never_become_whole_are_bounded() {
        let mut incomplete = Incomplete::default();
        for number in 0..1_000_u32 {
            let mut packets = packets(number, &vec![0; DATAGRAM_BYTES_MAX]);
            packets.pop();
            for packet in packets {
                assert_eq!(incomplete.take(FROM, &packet.into(), Instant::now()), None);
            }
            assert!(incomplete.bytes <= INCOMPLETE_BYTES_MAX);
        }
        let held = incomplete.datagrams.values().flat_map(|parts| parts.parts.values());
        assert_eq!(held.map(Bytes::len).sum::<usize>(), incomplete.bytes);
        for number in 0..1_000_u32 {
            let packet = packets(number, &[0; 2 * PART_BYTES_MAX]).remove(0);
            assert_eq!(incomplete.take(FROM, &packet.into(), Instant::now()), None);
        }
        assert_eq!(incomplete.datagrams.len(), INCOMPLETE_MAX);
    }
}
