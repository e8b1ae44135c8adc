//! Who an actor is, what it is under, and how it ends.

use std::sync::atomic::Ordering::Relaxed;

use super::{NOBODY, Record};
use crate::instrument::{
    control::Control,
    history::{End, History},
};

impl Record {
    pub(crate) fn supervisor(&self) -> Option<u64> {
        Some(self.supervisor.load(Relaxed)).filter(|local| *local != NOBODY)
    }

    pub(crate) fn started_under(&self, supervisor: Option<u64>, restarts: u32) {
        self.supervisor.store(supervisor.unwrap_or(NOBODY), Relaxed);
        self.restarts.store(restarts, Relaxed);
    }

    pub(crate) fn restarts(&self) -> u32 {
        self.restarts.load(Relaxed)
    }

    pub(crate) fn is_protected(&self) -> bool {
        self.is_protected.load(Relaxed)
    }

    pub(crate) fn protect(&self) {
        self.is_protected.store(true, Relaxed);
    }

    /// The name that its node or ractor knows it by; given once.
    pub(crate) fn set_name(&self, name: &str) {
        self.name.get_or_init(|| name.into());
    }

    pub(crate) fn name(&self) -> Option<&str> {
        self.name.get().map(AsRef::as_ref)
    }

    /// How it is going to end; what was said first counts.
    pub(crate) fn ends(&self, end: End) {
        self.end.get_or_init(|| {
            if matches!(end, End::Failed { .. }) {
                // Now, and not when it has ended: its supervisor may replace it before.
                History::of(self.home).fails(self.supervisor(), self.types.actor);
            }
            Box::new(end)
        });
    }

    pub(crate) fn end(&self) -> Option<End> {
        self.end.get().map(|end| (**end).clone())
    }

    pub(crate) fn control_if_any(&self) -> Option<&Control> {
        self.control.get().map(AsRef::as_ref)
    }

    /// What can be asked of it while it runs; made when it is first asked for.
    pub(crate) fn control(&self) -> &Control {
        self.control.get_or_init(Box::default)
    }
}
