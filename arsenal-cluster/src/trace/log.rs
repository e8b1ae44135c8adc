//! The events of one session on one node, up to its bound. Nobody waits for a reader: it takes copies.
//!
//! Once it is closed nothing is added: whoever was told of the end of the session has seen all.

use std::sync::{Mutex, MutexGuard, PoisonError};

use tokio::sync::watch;

use super::event::Happened;

/// What happened, in order. The number of an event is its place, from 1.
#[derive(Debug)]
pub(super) struct Log {
    most: usize,
    events: Mutex<Events>,
    /// How many there are; the sender ends with the session.
    count: watch::Sender<u64>,
}

#[derive(Debug, Default)]
struct Events {
    list: Vec<Happened>,
    is_closed: bool,
}

impl Log {
    pub(super) fn new(most: u32) -> Self {
        let most = usize::try_from(most).unwrap_or(usize::MAX);
        Self { most, events: Mutex::default(), count: watch::Sender::new(0) }
    }

    /// Keeps an event if there is room and it is open. Says whether there is room for another.
    pub(super) fn push(&self, event: Happened) -> bool {
        let count = {
            let mut events = self.events();
            if events.is_closed {
                return true;
            }
            if events.list.len() < self.most {
                events.list.push(event);
            }
            events.list.len()
        };
        self.count.send_modify(|told| *told = (*told).max(count as u64));
        count < self.most
    }

    /// Nothing is added from here on. Wakes who follows.
    pub(super) fn close(&self) {
        let was_open = !std::mem::replace(&mut self.events().is_closed, true);
        if was_open {
            self.count.send_modify(|_| ());
        }
    }

    /// Gives the room back: the session is forgotten, whoever still holds it.
    pub(super) fn clear(&self) {
        self.close();
        self.events().list = Vec::new();
    }

    /// At most so many events after a number, each with its own number.
    pub(super) fn after(&self, number: u64, limit: usize) -> Vec<(u64, Happened)> {
        let start = usize::try_from(number).unwrap_or(usize::MAX);
        let events = self.events();
        let later = events.list.iter().skip(start).take(limit).cloned();
        (number.saturating_add(1)..).zip(later).collect()
    }

    pub(super) fn len(&self) -> u64 {
        self.events().list.len() as u64
    }

    pub(super) fn follow(&self) -> watch::Receiver<u64> {
        self.count.subscribe()
    }

    fn events(&self) -> MutexGuard<'_, Events> {
        self.events.lock().unwrap_or_else(PoisonError::into_inner)
    }
}
