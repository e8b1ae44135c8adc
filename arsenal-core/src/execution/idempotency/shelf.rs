//! Which keys a node remembers, and for how long. Pure: time and sizes are arguments.

use std::{
    collections::{BTreeMap, VecDeque},
    sync::Arc,
};

use tokio::time::Instant;

use super::input::InputDigest;
use crate::limits::{IDEMPOTENCY_BYTES_MAX, IDEMPOTENCY_KEPT, IDEMPOTENCY_KEYS_MAX};

/// Whose key it is, and for what: keys of others say nothing.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(super) struct KeyOwner {
    pub(super) operation: &'static str,
    pub(super) principal: String,
    pub(super) key: String,
}

/// What a request with a key meets. `R` leads to the answer.
#[derive(Debug)]
pub(super) enum Entered<R> {
    /// Nobody used the key: it is taken now, and must be finished or forgotten.
    New(Arc<KeyOwner>),
    /// The same request came before.
    Known(R),
    /// Another request came before.
    OtherInput,
    /// All that are remembered still run.
    Full,
}

/// The keys of a node.
#[derive(Debug)]
pub(super) struct Shelf<R> {
    entries: BTreeMap<Arc<KeyOwner>, Entry<R>>,
    /// Those that have ended, the oldest first.
    finished: VecDeque<(Instant, Arc<KeyOwner>)>,
    bytes: usize,
    /// What gave way and is not yet taken out.
    evicted: Vec<R>,
}

#[derive(Debug)]
struct Entry<R> {
    input: InputDigest,
    run: R,
    bytes: usize,
}

impl<R> Default for Shelf<R> {
    fn default() -> Self {
        Self { entries: BTreeMap::new(), finished: VecDeque::new(), bytes: 0, evicted: Vec::new() }
    }
}

impl<R: Clone> Shelf<R> {
    /// Looks a key up, and takes it with `run` where it is free.
    pub(super) fn enter(
        &mut self,
        owner: KeyOwner,
        input: InputDigest,
        run: R,
        now: Instant,
    ) -> Entered<R> {
        self.expire(now);
        if let Some(entry) = self.entries.get(&owner) {
            let is_same = entry.input == input;
            return if is_same { Entered::Known(entry.run.clone()) } else { Entered::OtherInput };
        }
        if self.entries.len() >= IDEMPOTENCY_KEYS_MAX && !self.evict_oldest() {
            return Entered::Full;
        }
        let owner = Arc::new(owner);
        self.entries.insert(Arc::clone(&owner), Entry { input, run, bytes: 0 });
        Entered::New(owner)
    }

    /// It ran; its answer takes so many bytes.
    pub(super) fn finish(&mut self, owner: Arc<KeyOwner>, bytes: usize, now: Instant) {
        let Some(entry) = self.entries.get_mut(&owner) else { return };
        entry.bytes = bytes;
        self.bytes += bytes;
        self.finished.push_back((now, owner));
        while self.bytes > IDEMPOTENCY_BYTES_MAX && self.evict_oldest() {}
    }

    /// It was refused before it ran: the key is free again.
    pub(super) fn forget(&mut self, owner: &KeyOwner) {
        self.entries.remove(owner);
    }

    /// The runs that gave way since the last time.
    pub(super) fn take_evicted(&mut self) -> Vec<R> {
        std::mem::take(&mut self.evicted)
    }

    fn expire(&mut self, now: Instant) {
        let is_old = |at: Instant| now.saturating_duration_since(at) >= IDEMPOTENCY_KEPT;
        while self.finished.front().is_some_and(|(at, _)| is_old(*at)) {
            self.evict_oldest();
        }
    }

    /// Says whether there was one that has ended.
    fn evict_oldest(&mut self) -> bool {
        let Some((_, oldest)) = self.finished.pop_front() else { return false };
        if let Some(entry) = self.entries.remove(&oldest) {
            self.bytes -= entry.bytes;
            self.evicted.push(entry.run);
        }
        true
    }
}

#[cfg(test)]
mod tests {
    use std::time::Duration;

    use super::*;

    const INPUT: InputDigest = [1; 32];

    fn key(number: usize) -> KeyOwner {
        KeyOwner {
            operation: "own.one",
            principal: String::from("tester"),
            key: number.to_string(),
        }
    }

    fn enter(shelf: &mut Shelf<usize>, number: usize, now: Instant) -> Entered<usize> {
        shelf.enter(key(number), INPUT, number, now)
    }

    /// Takes a free key and ends at once.
    fn run(shelf: &mut Shelf<usize>, number: usize, bytes: usize, now: Instant) {
        let Entered::New(owner) = enter(shelf, number, now) else { panic!("{number} is known") };
        shelf.finish(owner, bytes, now);
    }

    #[test]
    fn a_key_leads_to_its_run_until_it_is_old() {
        let (mut shelf, now) = (Shelf::default(), Instant::now());
        run(&mut shelf, 7, 10, now);
        assert!(matches!(enter(&mut shelf, 7, now), Entered::Known(7)));
        let other = shelf.enter(key(7), [2; 32], 0, now);
        assert!(matches!(other, Entered::OtherInput));
        let just_before = now + IDEMPOTENCY_KEPT - Duration::from_millis(1);
        assert!(matches!(enter(&mut shelf, 7, just_before), Entered::Known(7)));
        assert!(matches!(enter(&mut shelf, 7, now + IDEMPOTENCY_KEPT), Entered::New(_)));
        assert_eq!((shelf.bytes, shelf.finished.len()), (0, 0));
        assert_eq!((shelf.take_evicted(), shelf.take_evicted()), (vec![7], vec![]));
    }

    #[test]
    fn keys_belong_to_one_principal_and_one_operation() {
        let (mut shelf, now) = (Shelf::default(), Instant::now());
        run(&mut shelf, 7, 10, now);
        let other = KeyOwner { principal: String::from("another"), ..key(7) };
        assert!(matches!(shelf.enter(other, INPUT, 0, now), Entered::New(_)));
        let other = KeyOwner { operation: "own.two", ..key(7) };
        assert!(matches!(shelf.enter(other, INPUT, 0, now), Entered::New(_)));
    }

    #[test]
    fn the_oldest_that_has_ended_gives_way() {
        let (mut shelf, now) = (Shelf::default(), Instant::now());
        let Entered::New(_running) = enter(&mut shelf, 0, now) else { panic!("it is new") };
        for number in 1..IDEMPOTENCY_KEYS_MAX {
            run(&mut shelf, number, 1, now);
        }
        run(&mut shelf, IDEMPOTENCY_KEYS_MAX, 1, now);
        assert!(matches!(enter(&mut shelf, 0, now), Entered::Known(0)), "it still runs");
        assert!(matches!(enter(&mut shelf, 2, now), Entered::Known(2)));
        assert!(matches!(enter(&mut shelf, 1, now), Entered::New(_)), "it has given way");
    }

    #[test]
    fn nothing_that_runs_gives_way() {
        let (mut shelf, now) = (Shelf::default(), Instant::now());
        for number in 0..IDEMPOTENCY_KEYS_MAX {
            assert!(matches!(enter(&mut shelf, number, now), Entered::New(_)));
        }
        assert!(matches!(enter(&mut shelf, usize::MAX, now), Entered::Full));
        shelf.forget(&key(5));
        assert!(matches!(enter(&mut shelf, usize::MAX, now), Entered::New(_)));
    }

    #[test]
    fn answers_are_kept_up_to_so_many_bytes() {
        let (mut shelf, now) = (Shelf::default(), Instant::now());
        for number in 0..4 {
            run(&mut shelf, number, IDEMPOTENCY_BYTES_MAX / 3, now);
        }
        assert!(matches!(enter(&mut shelf, 3, now), Entered::Known(3)));
        assert!(matches!(enter(&mut shelf, 0, now), Entered::New(_)));
        assert!(shelf.bytes <= IDEMPOTENCY_BYTES_MAX);
    }
}
