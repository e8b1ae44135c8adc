//! Which node an actor belongs to, in a process of the operating system that holds several.
//!
//! What is recorded of actors is found by ractor's numbers, which are those of the whole process. A
//! simulated node runs in turns on one thread; whatever begins in its turns is at home there.

use std::{
    cell::Cell,
    sync::atomic::{AtomicU64, Ordering},
};

/// A node of this process.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub(crate) struct Home(u64);

/// What runs until this is dropped is at home there.
#[must_use]
pub(crate) struct AtHome {
    before: Home,
}

thread_local! {
    static CURRENT: Cell<Home> = const { Cell::new(Home::REAL) };
}

impl Home {
    /// The real node, if there is one, and every program around it.
    pub(crate) const REAL: Self = Self(0);

    /// One more simulated node.
    pub(crate) fn simulated() -> Self {
        static LAST: AtomicU64 = AtomicU64::new(0);
        Self(LAST.fetch_add(1, Ordering::Relaxed) + 1)
    }

    /// Where this thread is now.
    #[inline]
    pub(crate) fn current() -> Self {
        CURRENT.get()
    }

    /// Whether time is virtual there.
    #[inline]
    pub(crate) fn is_simulated(self) -> bool {
        self != Self::REAL
    }

    /// Until the guard is dropped, this thread is here.
    pub(crate) fn enter(self) -> AtHome {
        AtHome { before: CURRENT.replace(self) }
    }
}

impl Drop for AtHome {
    fn drop(&mut self) {
        CURRENT.set(self.before);
    }
}
