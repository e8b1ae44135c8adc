//! How long things may take, and why. `docs/invariants.md` explains them together.

use std::time::Duration;

use arsenal_cluster::{
    endpoint::{MISSED_MAX, PING_EVERY, SUSPECT_AFTER},
    membership::STABLE_AFTER,
    simulation::TURN,
};

/// What timers, turns and the pauses between samples add.
pub(crate) const ROUNDING: Duration = Duration::from_millis(50).saturating_add(TURN);

/// How often the view of a node follows what its endpoint counted.
const VIEW_EVERY: Duration = Duration::from_millis(250);

/// A link falls silent, and the path over it is reset.
///
/// The last answered ping was sent before the fault, so at most one beat before the first unanswered
/// one. After [`MISSED_MAX`] unanswered beats the next one resets the path, and the verdict follows at
/// once. How long an answer was on its way does not matter: beats are counted, not times.
pub(crate) const SILENCE_NOTICED: Duration =
    PING_EVERY.saturating_mul(MISSED_MAX + 1).saturating_add(ROUNDING);

/// A node falls silent, and is not listed as `up` any more: more than [`SUSPECT_AFTER`] beats have no
/// answer, and the view has followed.
pub(crate) const NOT_UP: Duration = PING_EVERY
    .saturating_mul(SUSPECT_AFTER + 1)
    .saturating_add(VIEW_EVERY)
    .saturating_add(ROUNDING);

/// A request that is this late at most may count as in time.
///
/// Lateness is measured against the fastest frame that was seen on the path. Where already the first
/// ping was held, the measure is wrong by as much, and no ping can be late by more than this without
/// its path being reset.
pub(crate) const LATENESS_UNSEEN: Duration = SILENCE_NOTICED;

/// The last fault has ended, and gossip has found everybody again: one round of it, a datagram or two
/// that got lost before, and the introductions that a node sends each second.
const FOUND: Duration = Duration::from_secs(2);

/// A dial that was in flight when the fault ended runs into its time limit, and the next one waits for
/// the first pause.
const DIALLED: Duration = Duration::from_millis(2_500);

/// The last fault has ended, and all live nodes agree on who is there.
///
/// A path over which nothing came is reset, gossip finds the peer, it is dialled. Where somebody stays
/// dead, the majority counts once it was stable.
pub(crate) const AGREED: Duration = SILENCE_NOTICED
    .saturating_add(FOUND)
    .saturating_add(DIALLED)
    .saturating_add(STABLE_AFTER)
    .saturating_add(ROUNDING);

/// There and back between two nodes on links that behave as usual.
pub(crate) const CALLED: Duration = Duration::from_millis(50);

#[test]
fn the_document_has_the_same_figures() {
    let document = include_str!("../../../docs/invariants.md");
    let beat = format!("five beats of {} ms", PING_EVERY.as_millis());
    assert!(document.contains(&beat), "{beat}");
    for (name, bound) in [
        ("SILENCE_NOTICED", SILENCE_NOTICED),
        ("NOT_UP", NOT_UP),
        ("LATENESS_UNSEEN", LATENESS_UNSEEN),
        ("AGREED", AGREED),
    ] {
        let told = format!("* `{name}`, {:.2} s", bound.as_secs_f64());
        assert!(document.contains(&told), "{told}");
    }
}
