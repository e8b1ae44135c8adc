//! Which list of voters descends from which. Pure.
//!
//! Versions alone do not tell: two sides of a cut may each choose voters, and clusters that never met
//! have both counted. So a list that was chosen names the lists that it took the place of.

use std::collections::BTreeSet;

use arsenal_core::name::NodeName;
use serde::{Deserialize, Serialize};

use super::facts::Electorate;

/// The most lists before it that a list of voters names: beside the most voters they must fit into one
/// value of gossip. Who still goes by an older one disputes it.
const ANCESTORS_MAX: usize = 24;

/// Which list of voters: a digest of its version and its voters. Two lists that were chosen instead of
/// one differ by their voters, or no vote.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(transparent)]
pub struct ListId(u64);

impl Electorate {
    /// A list that nobody chose in place of another one.
    pub fn new(version: u64, voters: BTreeSet<NodeName>) -> Self {
        Self { version, voters, ancestors: Vec::new() }
    }

    /// A list that was chosen in place of all these, and of those that they took the place of.
    pub(super) fn in_place_of(version: u64, voters: BTreeSet<NodeName>, lists: &[&Self]) -> Self {
        let mut lists: Vec<&Self> = lists.iter().copied().filter(|list| list.is_learnt()).collect();
        lists.sort_by_key(|list| list.version);
        let before = lists.iter().flat_map(|list| list.ancestors.iter().copied());
        let mut ancestors: Vec<ListId> = Vec::new();
        for id in before.chain(lists.iter().map(|list| list.id())) {
            if !ancestors.contains(&id) {
                ancestors.push(id);
            }
        }
        ancestors.drain(..ancestors.len().saturating_sub(ANCESTORS_MAX));
        Self { version, voters, ancestors }
    }

    /// Whether it is the same list.
    pub(crate) fn is_same(&self, other: &Self) -> bool {
        self.version == other.version && self.voters == other.voters
    }

    /// Whether who goes by the other list goes by this one as soon as it hears of it: it was chosen in
    /// place of that one, or lets the same voters decide.
    pub(super) fn succeeds(&self, other: &Self) -> bool {
        self.version > other.version
            && (!other.is_learnt() || self.voters == other.voters || self.descends_from(other))
    }

    /// Whether both let other voters decide, and neither was chosen in place of the other.
    pub(super) fn disputes(&self, other: &Self) -> bool {
        self.is_learnt()
            && other.is_learnt()
            && self.voters != other.voters
            && !self.descends_from(other)
            && !other.descends_from(self)
    }

    fn descends_from(&self, other: &Self) -> bool {
        self.ancestors.contains(&other.id())
    }

    const fn is_learnt(&self) -> bool {
        self.version > 0
    }

    /// FNV-1a: the same in every build, and nobody gains by making two lists alike.
    fn id(&self) -> ListId {
        const OFFSET: u64 = 0xcbf2_9ce4_8422_2325;
        const PRIME: u64 = 0x0100_0000_01b3;
        // No name has a space in it.
        let names = self.voters.iter().flat_map(|name| [" ", name.as_str()]);
        let names = names.flat_map(|text| text.bytes());
        let bytes = self.version.to_be_bytes().into_iter().chain(names);
        ListId(bytes.fold(OFFSET, |id, byte| (id ^ u64::from(byte)).wrapping_mul(PRIME)))
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::membership::samples::names;

    #[test]
    fn a_list_names_all_that_it_took_the_place_of() {
        let (a, b) = (Electorate::new(1, names("a")), Electorate::new(1, names("b")));
        assert!(a.disputes(&b) && !a.succeeds(&b));
        let both = Electorate::in_place_of(2, names("a b"), &[&a, &b]);
        assert!(both.succeeds(&a) && both.succeeds(&b) && !both.disputes(&b));
        let (left, right) = (
            Electorate::in_place_of(3, names("a"), &[&both]),
            Electorate::in_place_of(4, names("b"), &[&both]),
        );
        assert!(right.succeeds(&both) && right.succeeds(&a), "of the first, too");
        assert!(left.disputes(&right) && !right.succeeds(&left), "each was chosen by itself");
        let stranger = Electorate::new(9, names("b c d"));
        assert!(a.disputes(&stranger) && !stranger.succeeds(&a), "whatever the versions");
        let none = Electorate::default();
        assert!(stranger.succeeds(&none) && !stranger.disputes(&none));
        let agrees = Electorate::new(1, names("a b"));
        assert!(both.succeeds(&agrees) && !both.disputes(&agrees), "the same voters decide");
    }

    #[test]
    fn a_list_from_before_lists_named_others_can_be_read() {
        let read = |text| serde_json::from_str::<Electorate>(text).unwrap();
        let root = read(r#"{"version":2,"voters":["a"]}"#);
        assert_eq!(root, Electorate::new(2, names("a")));
        let next = Electorate::in_place_of(3, names("b"), &[&root]);
        assert_eq!(read(&serde_json::to_string(&next).unwrap()), next);
    }

    #[test]
    fn the_longest_list_fits_into_one_value_of_gossip() {
        let voter = |number| format!("{}{number:02}", "x".repeat(61)).parse().unwrap();
        let voters: BTreeSet<NodeName> = (0..51).map(voter).collect();
        let before: Vec<Electorate> =
            (1..99).map(|version| Electorate::new(version, names("a"))).collect();
        let list = Electorate::in_place_of(u64::MAX, voters, &before.iter().collect::<Vec<_>>());
        assert_eq!(list.ancestors.len(), ANCESTORS_MAX);
        assert!(list.succeeds(&before[97]) && !list.succeeds(&before[0]));
        let told = serde_json::to_string(&list).unwrap();
        assert!(told.len() <= crate::membership::entries::VALUE_BYTES_MAX, "{}", told.len());
    }
}
