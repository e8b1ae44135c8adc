//! The identity of a request, the same on every node that it reaches.

use std::{
    fmt,
    hash::{BuildHasher as _, Hasher as _, RandomState},
    sync::{
        Arc, OnceLock,
        atomic::{AtomicU64, Ordering},
    },
};

use serde::{Deserialize, Serialize};

/// The longest id that is taken over from a client.
const REQUEST_ID_BYTES_MAX: usize = 128;

/// A request id: given by the client in `Arsenal-Request-Id`, else made here.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(transparent)]
pub struct RequestId(Arc<str>);

impl RequestId {
    /// A new id: random per process, counted within it. Not a secret.
    #[expect(clippy::new_without_default, reason = "each is another one")]
    pub fn new() -> Self {
        static PROCESS: OnceLock<u64> = OnceLock::new();
        static NEXT: AtomicU64 = AtomicU64::new(1);
        let process = PROCESS.get_or_init(|| RandomState::new().build_hasher().finish());
        let next = NEXT.fetch_add(1, Ordering::Relaxed);
        Self(format!("{process:016x}-{next:x}").into())
    }

    /// A client's id, if it is short and of visible ASCII.
    pub fn from_client(text: &str) -> Option<Self> {
        let is_good = !text.is_empty()
            && text.len() <= REQUEST_ID_BYTES_MAX
            && text.bytes().all(|byte| byte.is_ascii_graphic());
        is_good.then(|| Self(text.into()))
    }

    /// The id as text.
    pub fn as_str(&self) -> &str {
        &self.0
    }
}

impl fmt::Display for RequestId {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.write_str(&self.0)
    }
}
