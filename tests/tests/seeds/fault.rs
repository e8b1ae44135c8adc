//! The faults of a schedule, and how they come about. Nodes are named by their places.

use std::{fmt, time::Duration};

use arsenal_cluster::{network::sim::LinkConditions, simulation::SimulatedCluster};

/// Something that goes wrong, or is mended.
#[derive(Clone, Debug, PartialEq)]
pub(crate) enum Fault {
    /// Ends a process without a word.
    Kill(usize),
    /// Starts it again, as the next generation.
    Restart(usize),
    /// Stops a process; its connections stay.
    Freeze(usize),
    /// Lets it go on.
    Thaw(usize),
    /// Splits the world into groups that do not reach each other.
    Partition(Vec<Vec<usize>>),
    /// Nothing gets between two nodes any more.
    Cut(usize, usize),
    /// Nothing gets from the one to the other any more.
    CutOneWay(usize, usize),
    /// Connections from the one to the other do not move any more; datagrams do.
    Stall(usize, usize),
    /// Breaks the connections between two nodes.
    Reset(usize, usize),
    /// Changes how a link behaves: delay, loss, duplication, reordering.
    Conditions(usize, usize, LinkConditions),
    /// Ends all cuts and stalls.
    Heal,
    /// Every link behaves as usual again.
    Calm,
}

impl Fault {
    pub(crate) fn bring_about(&self, cluster: &mut SimulatedCluster) {
        let world = cluster.world_mut();
        match self {
            Self::Kill(slot) => world.kill(*slot),
            Self::Restart(slot) => cluster.start(*slot).expect("it started before"),
            Self::Freeze(slot) => world.freeze(*slot),
            Self::Thaw(slot) => world.thaw(*slot),
            Self::Partition(groups) => world.links().partition(groups),
            Self::Cut(one, other) => world.links().cut(&[*one], &[*other]),
            Self::CutOneWay(from, to) => world.links().cut_one_way(&[*from], &[*to]),
            Self::Stall(from, to) => world.links().stall(*from, *to),
            Self::Reset(one, other) => world.reset(*one, *other),
            Self::Conditions(one, other, conditions) => {
                world.links().set(*one, *other, *conditions);
            }
            Self::Heal => world.links().heal(),
            Self::Calm => world.links().set_all(LinkConditions::default()),
        }
    }
}

/// `a` for the first place, and so on.
pub(crate) fn letter(slot: usize) -> char {
    let offset = u8::try_from(slot).expect("a handful of nodes");
    char::from(b'a' + offset)
}

impl fmt::Display for Fault {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Kill(slot) => write!(formatter, "kill {}", letter(*slot)),
            Self::Restart(slot) => write!(formatter, "restart {}", letter(*slot)),
            Self::Freeze(slot) => write!(formatter, "freeze {}", letter(*slot)),
            Self::Thaw(slot) => write!(formatter, "thaw {}", letter(*slot)),
            Self::Partition(groups) => {
                let side = |group: &Vec<usize>| group.iter().copied().map(letter).collect();
                let sides: Vec<String> = groups.iter().map(side).collect();
                write!(formatter, "partition {}", sides.join("|"))
            }
            Self::Cut(one, other) => write!(formatter, "cut {}-{}", letter(*one), letter(*other)),
            Self::CutOneWay(from, to) => {
                write!(formatter, "cut {}>{}", letter(*from), letter(*to))
            }
            Self::Stall(from, to) => write!(formatter, "stall {}>{}", letter(*from), letter(*to)),
            Self::Reset(one, other) => {
                write!(formatter, "reset {}-{}", letter(*one), letter(*other))
            }
            Self::Conditions(one, other, to) => write!(
                formatter,
                "link {}-{}: delay {} ms, jitter {} ms, loss {:.2}, twice {:.2}, overtaken {:.2}",
                letter(*one),
                letter(*other),
                millis(to.delay),
                millis(to.jitter),
                to.loss,
                to.duplication,
                to.reordering,
            ),
            Self::Heal => formatter.write_str("heal"),
            Self::Calm => formatter.write_str("calm"),
        }
    }
}

const fn millis(time: Duration) -> u128 {
    time.as_millis()
}
