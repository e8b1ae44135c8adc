//! Datagrams that only nodes of the cluster can make and read, of gossip and of discovery.
//!
//! XChaCha20-Poly1305 with random nonces of 192 bits, which do not repeat in practice. The time of
//! sealing is inside, so that what was recorded cannot bring back nodes that were forgotten since.

use std::{fmt, time::SystemTime};

use chacha20poly1305::{
    KeyInit as _, XChaCha20Poly1305, XNonce,
    aead::{Aead as _, Payload},
};

/// How far the clock of a sender may be from ours, and so for how long a recorded datagram counts.
const CLOCK_SKEW_MAX_SECONDS: u64 = 60;

const NONCE_BYTES: usize = 24;
const TIME_BYTES: usize = 8;

/// The key of the datagrams of one cluster. Never shown.
#[derive(Clone)]
pub struct DatagramKey([u8; 32]);

impl DatagramKey {
    /// Takes the bytes as they are: derived from the cluster's secret, for this purpose only.
    pub const fn new(bytes: [u8; 32]) -> Self {
        Self(bytes)
    }
}

impl fmt::Debug for DatagramKey {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.write_str("DatagramKey(..)")
    }
}

/// The key that seals, and a second one that opens too, for as long as the secret is being changed.
#[derive(Clone, Debug)]
pub struct DatagramKeys {
    seals: DatagramKey,
    also_opens: Option<DatagramKey>,
}

impl DatagramKeys {
    /// Seals with a key, and opens what was sealed with this or with another one.
    pub const fn new(seals: DatagramKey, also_opens: Option<DatagramKey>) -> Self {
        Self { seals, also_opens }
    }
}

impl From<DatagramKey> for DatagramKeys {
    fn from(key: DatagramKey) -> Self {
        Self::new(key, None)
    }
}

/// Seals and opens.
pub(crate) struct Seal {
    cipher: XChaCha20Poly1305,
    also_opens: Option<XChaCha20Poly1305>,
    context: &'static [u8],
}

/// Why a datagram was not opened.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Refused {
    /// It was not sealed with the key of this cluster, or was changed on the way.
    Foreign,
    /// It is a recording, or the clocks of two machines differ by this many seconds.
    Clock(u64),
}

impl Seal {
    /// The context is the protocol and its version: what another one has sealed is not opened.
    pub(crate) fn new(keys: &DatagramKeys, context: &'static [u8]) -> Self {
        let cipher = |key: &DatagramKey| XChaCha20Poly1305::new(&key.0.into());
        let also_opens = keys.also_opens.as_ref().map(cipher);
        Self { cipher: cipher(&keys.seals), also_opens, context }
    }

    /// Seals a datagram at a time, in seconds since 1970. None without a source of randomness.
    pub(crate) fn close(&self, plain: &[u8], now: u64) -> Option<Vec<u8>> {
        let mut nonce = [0; NONCE_BYTES];
        getrandom::fill(&mut nonce).ok()?;
        let mut message = Vec::with_capacity(plain.len() + TIME_BYTES);
        message.extend_from_slice(&now.to_be_bytes());
        message.extend_from_slice(plain);
        let payload = Payload { msg: &message, aad: self.context };
        let sealed = self.cipher.encrypt(&XNonce::from(nonce), payload).ok()?;
        Some([&nonce[..], &sealed].concat())
    }

    /// What was sealed.
    pub(crate) fn open(&self, sealed: &[u8], now: u64) -> Result<Vec<u8>, Refused> {
        let (nonce, sealed) = sealed.split_first_chunk::<NONCE_BYTES>().ok_or(Refused::Foreign)?;
        let open = |cipher: &XChaCha20Poly1305| {
            let payload = Payload { msg: sealed, aad: self.context };
            cipher.decrypt(&XNonce::from(*nonce), payload).ok()
        };
        let opened = open(&self.cipher).or_else(|| self.also_opens.as_ref().and_then(open));
        let mut message = opened.ok_or(Refused::Foreign)?;
        let time = message.first_chunk::<TIME_BYTES>().ok_or(Refused::Foreign)?;
        let skew = u64::from_be_bytes(*time).abs_diff(now);
        if skew > CLOCK_SKEW_MAX_SECONDS {
            return Err(Refused::Clock(skew));
        }
        message.drain(..TIME_BYTES);
        Ok(message)
    }
}

/// The time of sealing, in seconds since 1970.
#[expect(clippy::disallowed_methods, reason = "machines have no other clock in common")]
pub(crate) fn seconds() -> u64 {
    SystemTime::now().duration_since(SystemTime::UNIX_EPOCH).map_or(0, |time| time.as_secs())
}

#[cfg(test)]
mod tests {
    use super::*;

    const NOW: u64 = 1_800_000_000;

    fn key(byte: u8) -> DatagramKey {
        DatagramKey::new([byte; 32])
    }

    fn seal(byte: u8) -> Seal {
        Seal::new(&key(byte).into(), b"test 1")
    }

    #[test]
    fn while_a_key_is_changed_both_are_opened_and_the_first_one_seals() {
        let [old, new] = [(7, 8), (8, 7)].map(|(seals, also)| {
            Seal::new(&DatagramKeys::new(key(seals), Some(key(also))), b"test 1")
        });
        for (from, to) in [(&old, &new), (&new, &old), (&seal(7), &new), (&seal(8), &old)] {
            let sealed = from.close(b"hello", NOW).unwrap();
            assert_eq!(to.open(&sealed, NOW).as_deref(), Ok(&b"hello"[..]));
        }
        let sealed = new.close(b"hello", NOW).unwrap();
        assert_eq!(seal(7).open(&sealed, NOW), Err(Refused::Foreign));
        let stranger = seal(9).close(b"hello", NOW).unwrap();
        assert_eq!(new.open(&stranger, NOW), Err(Refused::Foreign));
    }

    #[test]
    fn what_was_sealed_is_opened_by_the_same_key_only() {
        let sealed = seal(7).close(b"hello", NOW).unwrap();
        assert_eq!(sealed.len(), b"hello".len() + 48);
        assert_eq!(seal(7).open(&sealed, NOW).as_deref(), Ok(&b"hello"[..]));
        assert_eq!(seal(8).open(&sealed, NOW), Err(Refused::Foreign));
    }

    #[test]
    fn what_another_protocol_has_sealed_is_foreign() {
        let sealed = seal(7).close(b"hello", NOW).unwrap();
        let other = Seal::new(&key(7).into(), b"test 2");
        assert_eq!(other.open(&sealed, NOW), Err(Refused::Foreign));
    }

    #[test]
    fn a_changed_or_shortened_datagram_is_foreign() {
        let sealed = seal(7).close(b"hello", NOW).unwrap();
        for at in 0..sealed.len() {
            let mut changed = sealed.clone();
            changed[at] ^= 1;
            assert_eq!(seal(7).open(&changed, NOW), Err(Refused::Foreign), "byte {at}");
            assert_eq!(seal(7).open(&sealed[..at], NOW), Err(Refused::Foreign), "{at} bytes");
        }
    }

    #[test]
    fn a_recording_counts_for_a_minute() {
        let sealed = seal(7).close(b"hello", NOW).unwrap();
        assert!(seal(7).open(&sealed, NOW + 60).is_ok());
        assert_eq!(seal(7).open(&sealed, NOW + 61), Err(Refused::Clock(61)));
        assert_eq!(seal(7).open(&sealed, NOW - 61), Err(Refused::Clock(61)));
    }

    #[test]
    fn the_key_is_never_shown() {
        assert_eq!(format!("{:?}", DatagramKey::new([0xab; 32])), "DatagramKey(..)");
    }
}
