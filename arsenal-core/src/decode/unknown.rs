//! What becomes of names that nobody knows, also deep inside of a value.
//!
//! A nested value is decoded through serde, which passes nothing down. So what [`super::decode`]
//! was told stands in a thread-local while it works, which it does without a pause.

use std::cell::Cell;

use serde::de::DeserializeOwned;

/// What becomes of query names and fields that the operation does not have.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum UnknownNames {
    /// Each is a violation: what the node does that a request reaches first.
    Refused,
    /// They are skipped: what a node does with arguments that another one checked already, which
    /// may be of a newer release.
    Ignored,
}

thread_local! {
    static CURRENT: Cell<UnknownNames> = const { Cell::new(UnknownNames::Refused) };
}

/// As long as it lives, nested values on this thread are decoded so.
pub(super) struct Scope {
    before: UnknownNames,
}

impl Scope {
    pub(super) fn of(unknown: UnknownNames) -> Self {
        Self { before: CURRENT.replace(unknown) }
    }
}

impl Drop for Scope {
    fn drop(&mut self) {
        CURRENT.set(self.before);
    }
}

/// What holds for the value that is being decoded; outside of a scope they are refused.
pub(super) fn current() -> UnknownNames {
    CURRENT.get()
}

/// Reads what another node answered, which may be of a newer release and say more.
pub(crate) fn read_answer<T: DeserializeOwned>(json: &[u8]) -> serde_json::Result<T> {
    let _scope = Scope::of(UnknownNames::Ignored);
    serde_json::from_slice(json)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn scopes_end_also_by_a_panic() {
        let outer = Scope::of(UnknownNames::Ignored);
        let panicked = std::panic::catch_unwind(|| {
            let _inner = Scope::of(UnknownNames::Refused);
            panic!("inside");
        });
        assert!(panicked.is_err());
        assert_eq!(current(), UnknownNames::Ignored);
        drop(outer);
        assert_eq!(current(), UnknownNames::Refused);
    }
}
