//! Which announcements are news, and which are recordings. Pure.

use std::{collections::BTreeMap, time::Duration};

use arsenal_core::name::NodeName;
use tokio::time::Instant;

use super::announcement::Announcement;

/// How long the newest announcement of a node is remembered: longer than a recording can be opened,
/// whichever clock is ahead.
const REMEMBERED_FOR: Duration = Duration::from_mins(3);

/// Nodes that are remembered. Only holders of the secret get here; further ones are not heard.
const NODES_MAX: usize = 1_024;

/// The newest announcement of each node.
#[derive(Debug, Default)]
pub(super) struct Heard(BTreeMap<NodeName, Newest>);

#[derive(Debug)]
struct Newest {
    generation: u64,
    number: u64,
    at: Instant,
}

impl Heard {
    /// Whether nothing as new was heard of its node; it is remembered then.
    pub(super) fn is_news(&mut self, announcement: &Announcement, now: Instant) -> bool {
        let Announcement { peer, number } = announcement;
        let newest = Newest { generation: peer.id.generation, number: *number, at: now };
        self.0.retain(|_, newest| now.saturating_duration_since(newest.at) < REMEMBERED_FOR);
        let is_full = self.0.len() >= NODES_MAX;
        match self.0.get_mut(&peer.id.name) {
            Some(known) if known.order() >= newest.order() => return false,
            Some(known) => *known = newest,
            None if is_full => return false,
            None => _ = self.0.insert(peer.id.name.clone(), newest),
        }
        true
    }
}

impl Newest {
    const fn order(&self) -> (u64, u64) {
        (self.generation, self.number)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::network::Peer;

    fn announcement(id: &str, number: u64) -> Announcement {
        let peer = Peer { id: id.parse().unwrap(), address: ([10, 0, 0, 7], 7000).into() };
        Announcement { peer, number }
    }

    #[test]
    fn only_what_is_newer_is_news() {
        let (mut heard, now) = (Heard::default(), Instant::now());
        let mut is_news = |id: &str, number| heard.is_news(&announcement(id, number), now);
        assert!(is_news("a#1", 5));
        assert!(!is_news("a#1", 5), "twice");
        assert!(!is_news("a#1", 4), "an older one");
        assert!(is_news("a#1", 6) && is_news("b#1", 1));
        assert!(is_news("a#2", 1), "it was started again");
        assert!(!is_news("a#1", 7), "of the start before");
    }

    #[test]
    fn the_memory_is_bounded_in_time_and_number() {
        let (mut heard, now) = (Heard::default(), Instant::now());
        for number in 0..NODES_MAX {
            assert!(heard.is_news(&announcement(&format!("n{number}#1"), 1), now));
        }
        assert!(!heard.is_news(&announcement("x#1", 1), now));
        assert!(heard.is_news(&announcement("n7#1", 2), now));
        let later = now + REMEMBERED_FOR;
        assert!(heard.is_news(&announcement("x#1", 1), later));
        assert_eq!(heard.0.len(), 1);
    }
}
