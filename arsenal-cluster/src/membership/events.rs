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

use super::change::Change;

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
    events: Mutex<VecDeque<ClusterEvent>>,
    /// The number of the newest event.
    newest: watch::Sender<u64>,
}

impl EventLog {
    /// An empty log.
    pub fn new(node: NodeName) -> Self {
        Self { node, events: Mutex::default(), newest: watch::Sender::new(0) }
    }

    /// Remembers what happened, and wakes who listens.
    pub fn push(&self, change: Change, at: String) {
        let mut number = 0;
        self.newest.send_modify(|newest| {
            *newest += 1;
            number = *newest;
            let mut events = self.events();
            if events.len() >= EVENTS_MAX {
                events.pop_front();
            }
            events.push_back(ClusterEvent { number, at, seen_by: self.node.clone(), change });
        });
        tracing::debug!(number, "cluster event");
    }

    /// The events after a number, as far as they are remembered.
    pub fn after(&self, number: u64) -> Vec<ClusterEvent> {
        self.events().iter().filter(|event| event.number > number).cloned().collect()
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
