//! From a flat list of processes to their trees. Pure, and without recursion: how deep actors supervise
//! each other is up to the program.

use std::mem::replace;

/// What is known of one process before any is shown.
#[derive(Clone, Debug)]
pub(super) struct Fact<T> {
    pub(super) local: u64,
    /// Who supervises it.
    pub(super) above: Option<u64>,
    /// Whether something is known against it.
    pub(super) ails: bool,
    /// Whether it is what the filters look for.
    pub(super) is_match: bool,
    /// What it is shown from.
    pub(super) process: T,
}

/// All processes of a node, linked. A process is named by its place in here.
pub(super) struct Forest<T> {
    /// In the order of starts.
    nodes: Vec<Node<T>>,
    /// What nobody in the list supervises.
    pub(super) roots: Vec<usize>,
}

/// A process in its tree.
pub(super) struct Node<T> {
    pub(super) process: T,
    above: Option<usize>,
    pub(super) children: Vec<usize>,
    /// Whether it or anything below it ails.
    pub(super) fails: bool,
    is_match: bool,
    /// How many of it and of all below it are asked for; none where it is not itself.
    pub(super) asked: usize,
}

impl<T> Forest<T> {
    /// Links them. Asked for are the paths to what matches; to what of it fails where `only_failing`.
    pub(super) fn new(mut facts: Vec<Fact<T>>, only_failing: bool) -> Self {
        facts.sort_unstable_by_key(|fact| fact.local);
        let place = |local: u64| facts.binary_search_by_key(&local, |fact| fact.local).ok();
        let above: Vec<Option<usize>> =
            facts.iter().map(|fact| fact.above.and_then(place)).collect();
        let nodes = facts.into_iter().zip(above).map(|(fact, above)| Node {
            process: fact.process,
            above,
            children: Vec::new(),
            fails: fact.ails,
            is_match: fact.is_match,
            asked: 0,
        });
        let mut forest = Self { nodes: nodes.collect(), roots: Vec::new() };
        for place in 0..forest.nodes.len() {
            if let Some(above) = forest.above(place) {
                above.children.push(place);
            }
        }
        let order = forest.order();
        forest.sum_up(&order, only_failing);
        forest
    }

    pub(super) fn node(&self, place: usize) -> Option<&Node<T>> {
        self.nodes.get(place)
    }

    /// Those that a process supervises and that are asked for, each with its place.
    pub(super) fn asked<'a>(
        &'a self,
        places: &'a [usize],
    ) -> impl Iterator<Item = (usize, &'a Node<T>)> {
        let found = places.iter().filter_map(|place| Some((*place, self.node(*place)?)));
        found.filter(|(_, node)| node.asked > 0)
    }

    fn above(&mut self, place: usize) -> Option<&mut Node<T>> {
        let above = self.nodes.get(place)?.above?;
        self.nodes.get_mut(above)
    }

    /// Every process once, supervisors before what they supervise; finds the roots.
    ///
    /// The list is not of one moment. Where it has a process below itself, the first of the circle is
    /// taken for a root.
    fn order(&mut self) -> Vec<usize> {
        let count = self.nodes.len();
        let (mut order, mut is_seen) = (Vec::with_capacity(count), vec![false; count]);
        let mut is_new =
            |place: usize| is_seen.get_mut(place).is_some_and(|seen| !replace(seen, true));
        let is_root = |place: &usize| self.node(*place).is_some_and(|node| node.above.is_none());
        let roots: Vec<usize> = (0..count).filter(is_root).collect();
        for start in roots.into_iter().chain(0..count) {
            if !is_new(start) {
                continue;
            }
            self.roots.push(start);
            let mut next = order.len();
            order.push(start);
            while let Some(place) = order.get(next).copied() {
                next += 1;
                if let Some(node) = self.nodes.get_mut(place) {
                    node.children.retain(|child| is_new(*child));
                    order.extend(&node.children);
                }
            }
        }
        for root in self.roots.clone() {
            if let Some(node) = self.nodes.get_mut(root) {
                node.above = None;
            }
        }
        order
    }

    /// Tells each process what is below it.
    fn sum_up(&mut self, order: &[usize], only_failing: bool) {
        for place in order.iter().rev() {
            let Some(node) = self.nodes.get_mut(*place) else { continue };
            let is_sought = node.is_match && (node.fails || !only_failing);
            if is_sought || node.asked > 0 {
                node.asked += 1;
            }
            let (fails, asked) = (node.fails, node.asked);
            if let Some(above) = self.above(*place) {
                above.fails |= fails;
                above.asked += asked;
            }
        }
    }
}
