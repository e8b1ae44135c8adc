//! What has happened, remembered for a while, and told to whoever listens.

use std::{
    collections::VecDeque,
    fmt,
    sync::{Mutex, MutexGuard, PoisonError},
};

use arsenal_core::name::NodeName;
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};
use tokio::sync::watch;

use super::{change::Change, event_filter::EventFilter, event_id::EventId};

/// How many events are remembered.
pub const EVENTS_MAX: usize = 1_000;

/// One thing that happened, as one node saw it.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
pub struct ClusterEvent {
    /// Counts the events of this start of the node.
    pub number: u64,
    /// When it was seen (RFC 3339).
    pub at: String,
    /// The node that saw it.
    pub seen_by: NodeName,
    /// What happened.
    pub change: Change,
}

/// The last events of a node, the newest last.
pub struct EventLog {
    node: NodeName,
    generation: u64,
    events: Mutex<VecDeque<ClusterEvent>>,
    /// The number of the newest event.
    newest: watch::Sender<u64>,
}

impl EventLog {
    /// An empty log of one start of a node.
    pub fn new(node: NodeName, generation: u64) -> Self {
        Self { node, generation, events: Mutex::default(), newest: watch::Sender::new(0) }
    }

    /// The node whose log it is.
    pub(super) const fn node(&self) -> &NodeName {
        &self.node
    }

    /// What names the event with a number among those of all nodes and starts.
    pub fn id(&self, number: u64) -> EventId {
        EventId { node: self.node.clone(), generation: self.generation, number }
    }

    /// Remembers what happened, and wakes who listens.
    pub fn push(&self, change: Change, at: String) {
        tracing::debug!(?change, "cluster event");
        self.newest.send_modify(|newest| {
            *newest += 1;
            let mut events = self.events();
            if events.len() >= EVENTS_MAX {
                events.pop_front();
            }
            events.push_back(ClusterEvent {
                number: *newest,
                at,
                seen_by: self.node.clone(),
                change,
            });
        });
    }

    /// The events after a number, as far as they are remembered.
    pub fn after(&self, number: u64) -> Vec<ClusterEvent> {
        self.events().iter().filter(|event| event.number > number).cloned().collect()
    }

    /// At most `limit` events after a number, as far as they are remembered.
    pub(super) fn batch_after(&self, number: u64, limit: usize) -> Vec<ClusterEvent> {
        let events = self.events();
        let later = events.iter().filter(|event| event.number > number);
        later.take(limit).cloned().collect()
    }

    /// The number after which the last `count` events follow that a filter lets through.
    pub(super) fn before_last(&self, count: usize, filter: &EventFilter) -> u64 {
        let Some(last) = count.checked_sub(1) else { return self.newest() };
        let events = self.events();
        let mut matching = events.iter().rev().filter(|event| filter.matches(event));
        let first = matching.nth(last).or_else(|| events.front());
        first.map_or(0, |event| event.number - 1)
    }

    /// The number of the newest event; zero before the first.
    pub(super) fn newest(&self) -> u64 {
        *self.newest.borrow()
    }

    /// Follows the number of the newest event.
    pub fn subscribe(&self) -> watch::Receiver<u64> {
        self.newest.subscribe()
    }

    fn events(&self) -> MutexGuard<'_, VecDeque<ClusterEvent>> {
        self.events.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl fmt::Debug for EventLog {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.debug_struct("EventLog").field("node", &self.node).finish_non_exhaustive()
    }
}
