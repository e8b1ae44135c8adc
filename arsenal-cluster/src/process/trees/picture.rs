//! Which processes of a forest are shown, level by level, until there are enough. Pure.

use super::{
    Omission, OmittedBy, SupervisedProcess, SupervisionTrees,
    forest::{Forest, Node},
};
use crate::fitting::{FirstRow, Fitting};

/// How much is shown.
#[derive(Clone, Copy, Debug)]
pub(super) struct Bounds {
    /// Levels.
    pub(super) depth: usize,
    /// Processes.
    pub(super) limit: usize,
}

/// What is shown so far.
struct Picture<'a, T, S> {
    forest: &'a Forest<T>,
    bounds: Bounds,
    show: S,
    /// Level by level, so that supervisors are before what they supervise.
    shown: Vec<Shown>,
    fitting: Fitting,
}

/// A process that is shown.
struct Shown {
    place: usize,
    depth: usize,
    /// Below which of those that are shown.
    above: Option<usize>,
    row: SupervisedProcess,
}

/// The trees of a forest as far as the bounds allow; `show` makes a row without children of a process.
pub(super) fn picture<T>(
    forest: &Forest<T>,
    bounds: Bounds,
    show: impl Fn(&T) -> SupervisedProcess,
) -> SupervisionTrees {
    let fitting = Fitting::new(FirstRow::IfItFits);
    let mut picture = Picture { forest, bounds, show, shown: Vec::new(), fitting };
    let omitted = picture.add(&forest.roots, None, 1);
    let mut next = 0;
    while picture.add_below(next).is_some() {
        next += 1;
    }
    let processes = forest.asked(&forest.roots).map(|(_, root)| root.asked).sum();
    let shown = picture.shown.len();
    SupervisionTrees { roots: assembled(picture.shown), processes, shown, omitted }
}

impl<T, S: Fn(&T) -> SupervisedProcess> Picture<'_, T, S> {
    /// Adds what is asked for of the children of one that is shown; none where it is not.
    fn add_below(&mut self, shown: usize) -> Option<()> {
        let (place, depth) = self.shown.get(shown).map(|one| (one.place, one.depth))?;
        let omitted = self.add(&self.forest.node(place)?.children, Some(shown), depth + 1);
        self.shown.get_mut(shown)?.row.omitted = omitted;
        Some(())
    }

    /// Adds what is asked for of these, and says what there was no room for.
    fn add(&mut self, places: &[usize], above: Option<usize>, depth: usize) -> Option<Omission> {
        let by = if depth > self.bounds.depth { OmittedBy::Depth } else { OmittedBy::Limit };
        let mut omitted = 0;
        for (place, node) in self.forest.asked(places) {
            match self.row(node, depth) {
                Some(row) => self.shown.push(Shown { place, depth, above, row }),
                None => omitted += node.asked,
            }
        }
        (omitted > 0).then_some(Omission { processes: omitted, by })
    }

    /// None where it is not to be shown.
    fn row(&mut self, node: &Node<T>, depth: usize) -> Option<SupervisedProcess> {
        let is_full = self.shown.len() >= self.bounds.limit || self.fitting.is_full();
        if is_full || depth > self.bounds.depth {
            return None;
        }
        let mut row = (self.show)(&node.process);
        row.failing = node.fails;
        row.children_total = node.children.len();
        self.fitting.takes(&row).then_some(row)
    }
}

/// Puts each below the one that it belongs to, from the last on: what is below it is there by then.
fn assembled(mut shown: Vec<Shown>) -> Vec<SupervisedProcess> {
    let mut roots = Vec::new();
    while let Some(Shown { above, mut row, .. }) = shown.pop() {
        row.children.reverse();
        match above.and_then(|above| shown.get_mut(above)) {
            Some(above) => above.row.children.push(row),
            None => roots.push(row),
        }
    }
    roots.reverse();
    roots
}
