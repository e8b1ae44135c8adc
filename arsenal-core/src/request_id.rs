//! The identity of a request, the same on every node that it reaches.

use std::{
    fmt,
    hash::{BuildHasher as _, Hasher as _, RandomState},
    sync::{
        Arc, OnceLock,
        atomic::{AtomicU64, Ordering},
    },
};

use serde::{Deserialize, Deserializer, Serialize, Serializer};

use crate::digits::write_hex;

/// The longest id that is taken over from a client.
const REQUEST_ID_BYTES_MAX: usize = 128;

/// Bytes of the first half of an id that is made here, with the hyphen behind it.
const PROCESS_BYTES: usize = 16 + 1;

/// The longest id that is made here: two numbers in hexadecimal, and what stands between them.
const MADE_BYTES_MAX: usize = PROCESS_BYTES + 16;

/// A request id: given by the client in `Arsenal-Request-Id`, else made here.
#[derive(Clone)]
pub struct RequestId(Text);

/// What is made here lies inline: every request has one, and most of them are never copied.
#[derive(Clone)]
enum Text {
    Made { bytes: [u8; MADE_BYTES_MAX], length: usize },
    Given(Arc<str>),
}

impl RequestId {
    /// A new id: random per process, counted within it. Not a secret.
    #[expect(clippy::new_without_default, reason = "each is another one")]
    pub fn new() -> Self {
        static PROCESS: OnceLock<[u8; MADE_BYTES_MAX]> = OnceLock::new();
        static NEXT: AtomicU64 = AtomicU64::new(1);
        let process =
            PROCESS.get_or_init(|| of_process(RandomState::new().build_hasher().finish()));
        Self::numbered(*process, NEXT.fetch_add(1, Ordering::Relaxed))
    }

    /// A client's id, if it is short and of visible ASCII.
    pub fn from_client(text: &str) -> Option<Self> {
        let is_good = !text.is_empty()
            && text.len() <= REQUEST_ID_BYTES_MAX
            && text.bytes().all(|byte| byte.is_ascii_graphic());
        is_good.then(|| Self(Text::Given(text.into())))
    }

    /// The id as text.
    pub fn as_str(&self) -> &str {
        match &self.0 {
            Text::Made { bytes, length } => {
                let made = bytes.get(..*length).and_then(|made| str::from_utf8(made).ok());
                made.expect("digits and a hyphen, as many as there is room for")
            }
            Text::Given(text) => text,
        }
    }

    /// The same as bytes, which are not looked at once more.
    pub(crate) fn as_bytes(&self) -> &[u8] {
        match &self.0 {
            Text::Made { bytes, length } => bytes.get(..*length).unwrap_or_default(),
            Text::Given(text) => text.as_bytes(),
        }
    }

    /// `{process:016x}-{number:x}`, without the machinery of formatting: it is done for every
    /// request.
    fn numbered(process: [u8; MADE_BYTES_MAX], number: u64) -> Self {
        let digits = number.checked_ilog2().unwrap_or_default() / 4 + 1;
        let length = PROCESS_BYTES + digits as usize;
        let mut bytes = process;
        write_hex(bytes.get_mut(PROCESS_BYTES..length).unwrap_or_default(), number);
        Self(Text::Made { bytes, length })
    }
}

/// The first half of the ids of a process.
fn of_process(process: u64) -> [u8; MADE_BYTES_MAX] {
    let mut bytes = [b'-'; MADE_BYTES_MAX];
    write_hex(bytes.get_mut(..PROCESS_BYTES - 1).unwrap_or_default(), process);
    bytes
}

impl PartialEq for RequestId {
    fn eq(&self, other: &Self) -> bool {
        self.as_str() == other.as_str()
    }
}

impl Eq for RequestId {}

impl fmt::Display for RequestId {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.write_str(self.as_str())
    }
}

impl fmt::Debug for RequestId {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.debug_tuple("RequestId").field(&self.as_str()).finish()
    }
}

impl Serialize for RequestId {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.serialize_str(self.as_str())
    }
}

impl<'de> Deserialize<'de> for RequestId {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        Arc::deserialize(deserializer).map(|text| Self(Text::Given(text)))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn it_reads_as_two_numbers() {
        let id = |process, number| RequestId::numbered(of_process(process), number).to_string();
        assert_eq!(id(0xab, 0), "00000000000000ab-0");
        assert_eq!(id(0xab, 0xf), "00000000000000ab-f");
        assert_eq!(id(0xab, 0x10), "00000000000000ab-10");
        assert_eq!(id(u64::MAX, u64::MAX), "ffffffffffffffff-ffffffffffffffff");
        assert_ne!(RequestId::new(), RequestId::new());
    }

    #[test]
    fn made_here_or_read_it_is_the_same() {
        let made = RequestId::new();
        let json = serde_json::to_string(&made).unwrap();
        assert_eq!(serde_json::from_str::<RequestId>(&json).unwrap(), made);
        assert_eq!(RequestId::from_client(made.as_str()), Some(made));
    }
}
