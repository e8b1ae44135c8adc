//! What is really so: who runs, and what gets through. Known from the faults, not from the nodes. Pure.

use std::{collections::BTreeSet, time::Duration};

use super::fault::Fault;

/// How the world is between two faults.
#[derive(Clone, Debug, Default)]
pub(crate) struct State {
    /// The generation of each node that runs.
    pub(crate) running: Vec<Option<u64>>,
    /// The last generation of each node.
    generations: Vec<u64>,
    /// Who runs, but gets no time.
    pub(crate) frozen: BTreeSet<usize>,
    /// The directions in which connections do not get through.
    broken: BTreeSet<(usize, usize)>,
}

/// The states of the world, one after the other.
#[derive(Clone, Debug)]
pub(crate) struct Truth {
    states: Vec<(Duration, State)>,
}

impl State {
    fn all_running(nodes: usize) -> Self {
        Self { running: vec![Some(1); nodes], generations: vec![1; nodes], ..Self::default() }
    }

    fn after(&self, fault: &Fault) -> Self {
        let mut state = self.clone();
        match fault {
            Fault::Kill(slot) => {
                state.running[*slot] = None;
                state.frozen.remove(slot);
            }
            Fault::Restart(slot) => {
                state.generations[*slot] += 1;
                state.running[*slot] = Some(state.generations[*slot]);
            }
            Fault::Freeze(slot) => {
                state.frozen.insert(*slot);
            }
            Fault::Thaw(slot) => {
                state.frozen.remove(slot);
            }
            Fault::Partition(groups) => {
                let side = |slot| groups.iter().position(|group| group.contains(&slot));
                let all = 0..state.running.len();
                let pairs = all.clone().flat_map(|from| all.clone().map(move |to| (from, to)));
                state.broken = pairs.filter(|(from, to)| side(*from) != side(*to)).collect();
            }
            Fault::Cut(one, other) => state.broken.extend([(*one, *other), (*other, *one)]),
            Fault::CutOneWay(from, to) | Fault::Stall(from, to) => {
                state.broken.insert((*from, *to));
            }
            Fault::Heal => state.broken.clear(),
            Fault::Reset(..) | Fault::Conditions(..) | Fault::Calm => {}
        }
        state
    }

    /// Whether a node runs and gets time.
    pub(crate) fn is_awake(&self, slot: usize) -> bool {
        self.running[slot].is_some() && !self.frozen.contains(&slot)
    }

    /// The nodes that a node can exchange words with, itself among them.
    pub(crate) fn side(&self, slot: usize) -> BTreeSet<usize> {
        let is_reached = |other: &usize| {
            self.is_awake(*other)
                && !self.broken.contains(&(slot, *other))
                && !self.broken.contains(&(*other, slot))
        };
        (0..self.running.len()).filter(|other| *other == slot || is_reached(other)).collect()
    }
}

impl Truth {
    pub(crate) fn new(nodes: usize) -> Self {
        Self { states: vec![(Duration::ZERO, State::all_running(nodes))] }
    }

    pub(crate) fn add(&mut self, at: Duration, fault: &Fault) {
        let state = self.last().after(fault);
        self.states.push((at, state));
    }

    /// How it is after the last fault.
    pub(crate) fn last(&self) -> &State {
        let (_, state) = self.states.last().expect("there is a first one");
        state
    }

    /// How it was at a time. Faults come between turns, before what happens at the same time.
    pub(crate) fn at(&self, at: Duration) -> &State {
        let begun = self.states.partition_point(|(from, _)| *from <= at);
        let (_, state) = &self.states[begun - 1];
        state
    }

    /// Since when something has been so without a break, if it is at this time.
    pub(crate) fn since(&self, at: Duration, holds: impl Fn(&State) -> bool) -> Option<Duration> {
        let until_then = self.states.iter().rev().skip_while(|(from, _)| *from > at);
        until_then.take_while(|(_, state)| holds(state)).last().map(|(from, _)| *from)
    }

    /// Everybody who was at a time in this span on the side of a node.
    pub(crate) fn met(&self, slot: usize, (from, until): (Duration, Duration)) -> BTreeSet<usize> {
        let begun = self.states.partition_point(|(at, _)| *at <= from).saturating_sub(1);
        let states = self.states[begun..].iter().take_while(|(at, _)| *at <= until);
        states.flat_map(|(_, state)| state.side(slot)).collect()
    }

    /// For how long a node was stopped between two times, counting only stops that are shorter than
    /// this: it does not notice those.
    pub(crate) fn short_stops(
        &self,
        slot: usize,
        (from, until): (Duration, Duration),
        shorter_than: Duration,
    ) -> Duration {
        let mut total = Duration::ZERO;
        let mut stopped: Option<Duration> = None;
        let ends = self.states.iter().map(|(at, state)| (*at, state.frozen.contains(&slot)));
        for (at, is_frozen) in ends {
            match (stopped, is_frozen) {
                (None, true) => stopped = Some(at),
                (Some(since), false) => {
                    stopped = None;
                    let stop = at.saturating_sub(since);
                    if since >= from && at <= until && stop < shorter_than {
                        total += stop;
                    }
                }
                (None, false) | (Some(_), true) => {}
            }
        }
        total
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const fn s(seconds: u64) -> Duration {
        Duration::from_secs(seconds)
    }

    #[test]
    fn sides_follow_from_faults() {
        let mut truth = Truth::new(3);
        truth.add(s(1), &Fault::CutOneWay(0, 1));
        truth.add(s(2), &Fault::Freeze(2));
        truth.add(s(4), &Fault::Thaw(2));
        truth.add(s(5), &Fault::Kill(2));
        truth.add(s(9), &Fault::Restart(2));
        truth.add(s(9), &Fault::Heal);
        let side = |at, slot| truth.at(s(at)).side(slot).into_iter().collect::<Vec<_>>();
        assert_eq!(side(0, 0), [0, 1, 2]);
        assert_eq!((side(1, 0), side(1, 1), side(1, 2)), (vec![0, 2], vec![1, 2], vec![0, 1, 2]));
        assert_eq!(side(2, 0), [0], "nobody hears a frozen node");
        assert_eq!(side(6, 0), [0]);
        assert_eq!(side(9, 0), [0, 1, 2]);
        let alone = |at, slot| truth.since(s(at), |state| state.side(slot).len() == 1);
        assert_eq!((alone(1, 0), alone(3, 0), alone(4, 0)), (None, Some(s(2)), None));
        assert_eq!((alone(8, 1), alone(9, 1)), (Some(s(5)), None));
        assert_eq!(truth.at(s(9)).running[2], Some(2));
        let met = |from, until| truth.met(0, (s(from), s(until))).into_iter().collect::<Vec<_>>();
        assert_eq!((met(0, 3), met(1, 1), met(2, 3)), (vec![0, 1, 2], vec![0, 2], vec![0]));
        assert_eq!(truth.short_stops(2, (s(1), s(9)), s(3)), s(2));
        assert_eq!(truth.short_stops(2, (s(1), s(9)), s(1)), s(0), "long ones are noticed");
        assert_eq!(truth.short_stops(2, (s(3), s(9)), s(3)), s(0));
    }
}
