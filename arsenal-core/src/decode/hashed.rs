//! Lengths and items of users' arguments in hash maps and hash sets.
#![expect(
    clippy::disallowed_types,
    reason = "users may take them; of their order nothing is seen: rules are said of the whole"
)]

use std::collections::{HashMap, HashSet};

use super::{items::ItemsValue, rules::LengthValue};

impl<T, S> LengthValue for HashSet<T, S> {
    fn length(&self) -> Option<usize> {
        Some(self.len())
    }
}

impl<K, V, S> LengthValue for HashMap<K, V, S> {
    fn length(&self) -> Option<usize> {
        Some(self.len())
    }
}

impl<T: Send + 'static, S> ItemsValue for HashSet<T, S> {
    type Item = T;
    const HAS_PLACES: bool = false;
    #[inline]
    fn items(&self) -> impl Iterator<Item = &T> {
        self.iter()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn they_are_counted() {
        assert_eq!(HashMap::from([(1, 2)]).length(), Some(1));
        assert_eq!(HashSet::from([1, 2]).length(), Some(2));
        assert_eq!(HashSet::from([7]).items().collect::<Vec<_>>(), [&7]);
    }
}
