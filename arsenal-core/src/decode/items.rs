//! `items(…)`: rules for each item of a list.

use std::{
    collections::{BTreeSet, VecDeque},
    marker::PhantomData,
};

use serde::de::MapAccess;

use super::{
    inspect::Inspector,
    marker::{ItemOf, ItemsOf},
    report::Report,
    slots::{Slot, Test},
    text::{TextError, Texts},
};
use crate::spec::{Parameter, Rule};

/// A type that `items(…)` can be asked of. Implement it for newtypes of lists.
#[diagnostic::on_unimplemented(
    message = "`{Self}` has no items",
    label = "not a list",
    note = "`items(…)` is for lists, sets and options of them"
)]
pub trait ItemsValue {
    /// What it is a list of.
    type Item: Send + 'static;
    /// Whether the items keep the places that they were given at, as those of a set do not.
    const HAS_PLACES: bool = true;
    /// The items in their order; none where there is nothing to check.
    fn items(&self) -> impl Iterator<Item = &Self::Item>;
}

macro_rules! lists {
    ($has_places:literal: $($list:ty)*) => { $(
        impl<T: Send + 'static> ItemsValue for $list {
            type Item = T;
            const HAS_PLACES: bool = $has_places;
            #[inline]
            fn items(&self) -> impl Iterator<Item = &T> {
                self.iter()
            }
        }
    )* };
}
lists!(true: Vec<T> VecDeque<T> Box<[T]>);
lists!(false: BTreeSet<T>);

impl<L: ItemsValue> ItemsValue for Option<L> {
    type Item = L::Item;
    const HAS_PLACES: bool = L::HAS_PLACES;
    #[inline]
    fn items(&self) -> impl Iterator<Item = &L::Item> {
        self.iter().flat_map(L::items)
    }
}

/// A slot each of whose items is tested.
#[derive(Debug)]
pub struct Each<A, T, S> {
    slot: S,
    test: PhantomData<fn(A, T)>,
}

impl<A: ItemsOf, T: Test<Value = ItemOf<A>>, S: Slot<Value = A::Value>> Each<A, T, S> {
    /// Every rule that an item breaks, with the item's place.
    fn broken(&self, rules: &'static [Rule]) -> impl Iterator<Item = (usize, Rule)> {
        let items = self.items().enumerate();
        items.flat_map(move |(place, item)| {
            let broken = rules.iter().filter(move |rule| !T::obeys(item, rule));
            broken.map(move |rule| (place, *rule))
        })
    }

    /// Every rule that some item breaks.
    fn broken_anywhere(&self, rules: &'static [Rule]) -> impl Iterator<Item = Rule> {
        let broken = rules.iter().filter(|rule| self.items().any(|item| !T::obeys(item, rule)));
        broken.copied()
    }

    fn items(&self) -> impl Iterator<Item = &ItemOf<A>> {
        self.slot.value().into_iter().flat_map(ItemsValue::items)
    }
}

impl<A, T, S> Slot for Each<A, T, S>
where
    A: ItemsOf + 'static,
    T: Test<Value = ItemOf<A>>,
    S: Slot<Value = A::Value>,
{
    type Value = S::Value;
    const EMPTY: Self = Self { slot: S::EMPTY, test: PhantomData };
    #[inline]
    fn read_texts(&mut self, texts: Texts<'_>) -> Result<(), TextError> {
        self.slot.read_texts(texts)
    }
    #[inline]
    fn read_body(&mut self, body: &[u8]) -> Result<(), serde_json::Error> {
        self.slot.read_body(body)
    }
    #[inline]
    fn read_field<'de, M: MapAccess<'de>>(&mut self, map: &mut M) -> Result<(), M::Error> {
        self.slot.read_field(map)
    }
    fn inspector(&self) -> Option<Inspector> {
        self.slot.inspector()
    }
    #[inline]
    fn settle(&mut self, index: usize, parameter: &Parameter, report: &mut Report) {
        self.slot.settle(index, parameter, report);
        for rule in parameter.rules {
            let Rule::Items(rules) = rule else { continue };
            if self.broken(rules).next().is_none() {
                continue;
            }
            if A::Value::HAS_PLACES {
                report.broken_items(index, parameter, self.broken(rules));
            } else {
                report.broken_somewhere(index, parameter, self.broken_anywhere(rules));
            }
        }
    }
    #[inline]
    fn value(&self) -> Option<&S::Value> {
        self.slot.value()
    }
    #[inline]
    fn into_value(self) -> S::Value {
        self.slot.into_value()
    }
}
