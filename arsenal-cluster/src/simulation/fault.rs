//! Faults of the links of a world.

use std::time::Duration;

use crate::network::sim::{LinkConditions, Wires};

/// The links of a world at one moment. Nodes are named by their places.
#[derive(Debug)]
pub struct Links<'a> {
    pub(super) wires: &'a Wires,
    pub(super) now: Duration,
    pub(super) count: usize,
}

impl Links<'_> {
    /// Nothing gets from these nodes to those any more, and nobody is told.
    pub fn cut_one_way(&self, from: &[usize], to: &[usize]) {
        for (from, to) in pairs(from, to) {
            self.wires.cut(from, to);
        }
    }

    /// Nothing gets between these nodes and those any more, and nobody is told.
    pub fn cut(&self, here: &[usize], there: &[usize]) {
        self.cut_one_way(here, there);
        self.cut_one_way(there, here);
    }

    /// Splits the world into groups that do not reach each other. Who is in no group is alone.
    pub fn partition(&self, groups: &[Vec<usize>]) {
        let side = |slot: usize| groups.iter().position(|group| group.contains(&slot));
        for from in 0..self.count {
            for to in (0..self.count).filter(|to| *to != from) {
                if side(from).is_none() || side(from) != side(to) {
                    self.wires.cut(from, to);
                } else {
                    self.wires.heal(self.now, from, to);
                }
            }
        }
    }

    /// Paths from one node to another do not move any more; datagrams do.
    pub fn stall(&self, from: usize, to: usize) {
        self.wires.stall(from, to);
    }

    /// Ends all cuts and stalls.
    pub fn heal(&self) {
        for from in 0..self.count {
            for to in (0..self.count).filter(|to| *to != from) {
                self.wires.heal(self.now, from, to);
            }
        }
    }

    /// Changes how the link between two nodes behaves, in both directions.
    pub fn set(&self, one: usize, other: usize, conditions: LinkConditions) {
        self.wires.set_conditions(one, other, conditions);
        self.wires.set_conditions(other, one, conditions);
    }

    /// Changes how every link behaves.
    pub fn set_all(&self, conditions: LinkConditions) {
        for one in 0..self.count {
            for other in 0..one {
                self.set(one, other, conditions);
            }
        }
    }
}

fn pairs<'a>(from: &'a [usize], to: &'a [usize]) -> impl Iterator<Item = (usize, usize)> + 'a {
    from.iter().flat_map(|from| to.iter().map(|to| (*from, *to))).filter(|(from, to)| from != to)
}
