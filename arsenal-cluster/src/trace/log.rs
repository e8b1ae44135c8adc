//! The events of one session on one node, up to its bound. Nobody waits for a reader: it takes copies.

use std::sync::{Mutex, MutexGuard, PoisonError};

use tokio::sync::watch;

use super::event::Happened;

/// What happened, in order. The number of an event is its place, from 1.
#[derive(Debug)]
pub(super) struct Log {
    most: usize,
    events: Mutex<Vec<Happened>>,
    /// How many there are; the sender ends with the session.
    count: watch::Sender<u64>,
}

impl Log {
    pub(super) fn new(most: u32) -> Self {
        let most = usize::try_from(most).unwrap_or(usize::MAX);
        Self { most, events: Mutex::default(), count: watch::Sender::new(0) }
    }

    /// Keeps an event if there is room. Says whether there is room for another.
    pub(super) fn push(&self, event: Happened) -> bool {
        let count = {
            let mut events = self.events();
            if events.len() < self.most {
                events.push(event);
            }
            events.len()
        };
        self.count.send_modify(|told| *told = (*told).max(count as u64));
        count < self.most
    }

    /// Wakes who follows, though nothing was added.
    pub(super) fn wake(&self) {
        self.count.send_modify(|_| ());
    }

    /// At most so many events after a number, each with its own number.
    pub(super) fn after(&self, number: u64, limit: usize) -> Vec<(u64, Happened)> {
        let start = usize::try_from(number).unwrap_or(usize::MAX);
        let events = self.events();
        let later = events.iter().skip(start).take(limit).cloned();
        (number.saturating_add(1)..).zip(later).collect()
    }

    pub(super) fn len(&self) -> u64 {
        self.events().len() as u64
    }

    pub(super) fn follow(&self) -> watch::Receiver<u64> {
        self.count.subscribe()
    }

    fn events(&self) -> MutexGuard<'_, Vec<Happened>> {
        self.events.lock().unwrap_or_else(PoisonError::into_inner)
    }
}
