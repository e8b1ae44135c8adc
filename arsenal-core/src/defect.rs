//! Deliberate defects, so that a test can show that it would notice them.
//!
//! Only the tests of this repository enable the feature `defects`. Without it there are none, and
//! whatever asks for one compiles to nothing.

/// A defect that a program may be given.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Defect {
    /// A majority is one of the voters that answer, not of all voters.
    QuorumOfLive,
    /// Paths to silent peers are never reset.
    NoReaper,
    /// Mutations are not refused where the majority is missing.
    NoGate,
    /// Answers of the minority side are not marked as stale.
    StaleUnmarked,
}

impl Defect {
    /// All of them.
    pub const ALL: [Self; 4] =
        [Self::QuorumOfLive, Self::NoReaper, Self::NoGate, Self::StaleUnmarked];

    /// Its name.
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::QuorumOfLive => "quorum_of_live",
            Self::NoReaper => "no_reaper",
            Self::NoGate => "no_gate",
            Self::StaleUnmarked => "stale_unmarked",
        }
    }

    /// Whether this program has it.
    #[inline]
    pub fn is_present(self) -> bool {
        present() == Some(self)
    }

    /// Gives it to all nodes of this process, until it ends. A process has one at most.
    #[cfg(feature = "defects")]
    pub fn introduce(self) {
        let _is_the_first = PRESENT.set(self);
    }
}

#[cfg(feature = "defects")]
static PRESENT: std::sync::OnceLock<Defect> = std::sync::OnceLock::new();

#[cfg(feature = "defects")]
fn present() -> Option<Defect> {
    PRESENT.get().copied()
}

#[cfg(not(feature = "defects"))]
const fn present() -> Option<Defect> {
    None
}
