//! Who left before it proved that it knows the secret, once: not yet worth an accusation. Pure.
//!
//! One such session says little: a link was cut, a process died, or another session of the same peer was
//! preferred by its other end. Only whoever never proves it comes again and again.

use std::collections::VecDeque;

use arsenal_core::name::NodeName;

/// Names that are doubted. Anybody can claim one, so the oldest is forgotten for a new one.
const DOUBTED_MAX: usize = 64;

#[derive(Default)]
pub(super) struct Doubts(VecDeque<NodeName>);

impl Doubts {
    /// Somebody with this name left without a proof. True if that happened before, and none came since.
    pub(super) fn doubt(&mut self, name: &NodeName) -> bool {
        if self.0.contains(name) {
            return true;
        }
        if self.0.len() >= DOUBTED_MAX {
            self.0.pop_front();
        }
        self.0.push_back(name.clone());
        false
    }

    /// Somebody with this name proved that it knows the secret.
    pub(super) fn trust(&mut self, name: &NodeName) {
        self.0.retain(|doubted| doubted != name);
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn name(text: &str) -> NodeName {
        text.parse().unwrap()
    }

    #[test]
    fn the_second_time_counts_unless_a_proof_came_between() {
        let mut doubts = Doubts::default();
        assert!(!doubts.doubt(&name("b")));
        assert!(!doubts.doubt(&name("c")), "another node");
        doubts.trust(&name("b"));
        assert!(!doubts.doubt(&name("b")));
        assert!(doubts.doubt(&name("b")));
        assert!(doubts.doubt(&name("c")));
    }

    #[test]
    fn a_flood_of_names_is_forgotten_and_the_next_stranger_is_not() {
        let mut doubts = Doubts::default();
        for number in 0..1_000 {
            doubts.doubt(&name(&format!("n{number}")));
        }
        assert_eq!(doubts.0.len(), DOUBTED_MAX);
        assert!(!doubts.doubt(&name("b")));
        assert!(doubts.doubt(&name("b")));
    }
}
