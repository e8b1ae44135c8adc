//! When a wanted address is dialled: by which side first, and how soon again. Pure.

use std::{net::SocketAddr, time::Duration};

use super::DialError;

/// How long a connection may take to be established: a few round trips of the slowest link. What gets lost
/// in a link that is cut is sent again by nobody, so a link that heals is found by the next dial, and
/// this bounds how soon.
pub(super) const CONNECT_MAX: Duration = Duration::from_millis(600);

/// How long a session may take from its opening to the path being up. `ractor_cluster` would wait
/// for ever.
pub(super) const HANDSHAKE_MAX: Duration = Duration::from_secs(5);

/// The first and the longest pause after a failed dial.
const PAUSE_MIN: Duration = Duration::from_millis(200);
const PAUSE_MAX: Duration = Duration::from_secs(5);

/// Of two addresses the lower dials first, so that normally one side dials. The other side steps in
/// when it did not: the lower one may not even know of it.
const SECOND_WAITS: Duration = Duration::from_millis(500);
const SECOND_WAITS_AGAIN: Duration = Duration::from_secs(3);

/// A path that ends as soon as it is up is not redialled in a hot loop.
const FIRST_WAITS_AGAIN: Duration = Duration::from_millis(50);

/// The pauses of one dialler.
pub(super) struct Pauses {
    again: Duration,
    next: Duration,
    backoff: Duration,
}

impl Pauses {
    /// Nothing was dialled yet.
    pub(super) fn new(me: SocketAddr, peer: SocketAddr) -> Self {
        let (once, again) = if me < peer {
            (Duration::ZERO, FIRST_WAITS_AGAIN)
        } else {
            (SECOND_WAITS, SECOND_WAITS_AGAIN)
        };
        Self { again, next: once, backoff: PAUSE_MIN }
    }

    /// How long to wait before the next dial.
    pub(super) const fn next(&self) -> Duration {
        self.next
    }

    /// A path is up.
    pub(super) const fn reached(&mut self) {
        (self.next, self.backoff) = (self.again, PAUSE_MIN);
    }

    /// A dial failed. `jitter`, from 0 to 1, keeps many nodes from dialling in step.
    pub(super) fn failed(&mut self, error: &DialError, jitter: f64) -> Duration {
        let pause = if *error == DialError::HandshakeTimedOut {
            // It took its time already; and a frozen peer that wakes shall find a dial waiting.
            PAUSE_MIN
        } else if *error == DialError::ConnectTimedOut {
            // So did this; and a link that heals shall be found at once.
            FIRST_WAITS_AGAIN
        } else {
            let pause = self.backoff;
            self.backoff = (self.backoff * 2).min(PAUSE_MAX);
            pause
        };
        self.next = pause.mul_f64(1.0 + jitter / 2.0);
        self.next
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn pauses() -> Pauses {
        Pauses::new(([127, 0, 0, 1], 1).into(), ([127, 0, 0, 1], 2).into())
    }

    #[test]
    fn pauses_grow_to_a_bound_and_begin_anew() {
        let mut pauses = pauses();
        assert_eq!(pauses.next(), Duration::ZERO);
        let refused = DialError::HandshakeClosed;
        let grown: Vec<u128> = (0..7).map(|_| pauses.failed(&refused, 0.0).as_millis()).collect();
        assert_eq!(grown, [200, 400, 800, 1_600, 3_200, 5_000, 5_000]);
        assert_eq!(pauses.failed(&DialError::HandshakeTimedOut, 1.0), PAUSE_MIN * 3 / 2);
        assert_eq!(pauses.failed(&DialError::ConnectTimedOut, 0.0), FIRST_WAITS_AGAIN);
        pauses.reached();
        assert_eq!(pauses.next(), FIRST_WAITS_AGAIN);
        assert_eq!(pauses.failed(&refused, 0.0), PAUSE_MIN);
    }

    #[test]
    fn the_side_with_the_higher_address_lets_the_other_one_dial_first() {
        let second = Pauses::new(([127, 0, 0, 1], 2).into(), ([127, 0, 0, 1], 1).into());
        assert!(second.next() > pauses().next());
    }
}
