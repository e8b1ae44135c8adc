//! Following the events of a node: from a place in its log on, and then as they happen.

use std::{collections::VecDeque, fmt, sync::Arc};

use futures_util::{Stream, stream};
use tokio::sync::watch;

use super::{
    change::{Change, Missed},
    event_filter::EventFilter,
    event_id::EventId,
    events::{ClusterEvent, EventLog},
};
use crate::WallClock;

/// How many events are taken from the log at once.
const BATCH_MAX: usize = 64;

/// The id names an event that this start of the node has not seen.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct NeverTold;

impl fmt::Display for NeverTold {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.write_str("is not the id of an event that has happened")
    }
}

impl std::error::Error for NeverTold {}

/// The events after the one with the id `last`; without it, the last `replay` of those that remain and
/// what comes then. Where events are missing in between, the first one says so. `clock` writes when
/// that was said.
///
/// # Errors
///
/// [`NeverTold`] for an id that this node never gave.
pub fn watch_events(
    log: &Arc<EventLog>,
    filter: EventFilter,
    last: Option<&EventId>,
    replay: usize,
    clock: WallClock,
) -> Result<impl Stream<Item = ClusterEvent> + Send + use<>, NeverTold> {
    let own = log.id(0);
    let (after, missed) = match last {
        None => (log.before_last(replay, &filter), None),
        Some(last) if last.node != own.node => (log.newest(), Some(Missed::OtherNode)),
        Some(last) if last.generation != own.generation => (0, Some(Missed::Restarted)),
        Some(last) if last.number > log.newest() => return Err(NeverTold),
        Some(last) => (last.number, None),
    };
    let (log, newest) = (Arc::clone(log), log.subscribe());
    let watch = Watch { log, newest, filter, after, missed, taken: VecDeque::new(), clock };
    Ok(stream::unfold(watch, async |mut watch| Some((watch.next().await?, watch))))
}

struct Watch {
    log: Arc<EventLog>,
    newest: watch::Receiver<u64>,
    filter: EventFilter,
    /// The number of the last event that was looked at.
    after: u64,
    /// What the next event has to say first.
    missed: Option<Missed>,
    taken: VecDeque<ClusterEvent>,
    clock: WallClock,
}

impl Watch {
    async fn next(&mut self) -> Option<ClusterEvent> {
        loop {
            if let Some(why) = self.missed.take() {
                return Some(self.told_missed(why));
            }
            while let Some(event) = self.taken.pop_front() {
                self.after = event.number;
                if self.filter.matches(&event) {
                    return Some(event);
                }
            }
            self.newest.borrow_and_update();
            self.take_more();
            if self.taken.is_empty() && self.missed.is_none() {
                self.newest.changed().await.ok()?;
            }
        }
    }

    fn take_more(&mut self) {
        self.taken = self.log.batch_after(self.after, BATCH_MAX).into();
        let Some(first) = self.taken.front().map(|event| event.number) else { return };
        if first > self.after + 1 {
            self.after = first - 1;
            self.missed = Some(Missed::Forgotten);
        }
    }

    /// Its number is the one before the next event, so that a client can go on after it.
    fn told_missed(&self, why: Missed) -> ClusterEvent {
        ClusterEvent {
            number: self.after,
            at: self.clock.now(),
            seen_by: self.log.node().clone(),
            change: Change::EventsMissed { why },
        }
    }
}

#[cfg(test)]
mod tests {
    use futures_util::{FutureExt as _, StreamExt as _};

    use super::*;
    use crate::membership::{EVENTS_MAX, EventKind, samples::name};

    const GENERATION: u64 = 7;

    /// A log with so many pauses, each as long as its number.
    fn log(count: u64) -> Arc<EventLog> {
        let log = Arc::new(EventLog::new(name("a"), GENERATION));
        (1..=count).for_each(|number| push(&log, number));
        log
    }

    fn push(log: &EventLog, for_ms: u64) {
        log.push(Change::Paused { for_ms }, String::new());
    }

    fn clock() -> WallClock {
        WallClock::set(std::time::SystemTime::UNIX_EPOCH)
    }

    fn id(text: &str) -> EventId {
        text.parse().unwrap()
    }

    /// What is told at once.
    fn told(log: &Arc<EventLog>, last: Option<&str>, replay: usize) -> Vec<String> {
        let last = last.map(id);
        let filter = EventFilter::default();
        let events = watch_events(log, filter, last.as_ref(), replay, clock()).unwrap();
        let mut events = Box::pin(events);
        let text = |event: ClusterEvent| {
            if let Change::EventsMissed { why } = event.change {
                format!("{why:?} {}", event.number)
            } else {
                event.number.to_string()
            }
        };
        std::iter::from_fn(|| events.next().now_or_never().flatten()).map(text).collect()
    }

    #[test]
    fn without_a_place_it_begins_with_the_last_events_that_were_asked_for() {
        let log = log(5);
        assert!(told(&log, None, 0).is_empty());
        assert_eq!(told(&log, None, 2), ["4", "5"]);
        assert_eq!(told(&log, None, 100), ["1", "2", "3", "4", "5"]);
        assert!(told(&self::log(0), None, 5).is_empty());
    }

    #[test]
    fn it_goes_on_after_the_last_event_that_was_seen() {
        let log = log(5);
        assert_eq!(told(&log, Some("a.7.3"), 0), ["4", "5"]);
        assert!(told(&log, Some("a.7.5"), 3).is_empty(), "nothing is told twice");
        let future = id("a.7.6");
        let filter = EventFilter::default();
        assert!(watch_events(&log, filter, Some(&future), 0, clock()).is_err());
    }

    #[test]
    fn what_was_missed_is_said_first() {
        let log = log(EVENTS_MAX as u64 + 10);
        let all = told(&log, Some("a.7.2"), 0);
        assert_eq!(&all[..2], ["Forgotten 10", "11"]);
        assert_eq!(all.len(), EVENTS_MAX + 1);
        let log = self::log(2);
        assert_eq!(told(&log, Some("a.6.900"), 0), ["Restarted 0", "1", "2"]);
        assert_eq!(told(&log, Some("b.7.1"), 0), ["OtherNode 2"]);
    }

    #[tokio::test]
    async fn what_happens_is_told_at_once_if_it_is_wanted() {
        let log = log(1);
        let kinds = [EventKind::GossipRestarted].into();
        let filter = EventFilter { kinds, node: None };
        let events = watch_events(&log, filter, None, 0, clock()).unwrap();
        let mut events = Box::pin(events);
        assert!(events.next().now_or_never().is_none());
        push(&log, 9);
        assert!(events.next().now_or_never().is_none(), "that is another kind");
        log.push(Change::GossipRestarted { times: 1 }, String::new());
        assert_eq!(events.next().await.unwrap().number, 3);
    }
}
