//! How often something ended in which way.

use std::{
    array,
    borrow::Cow,
    collections::BTreeMap,
    sync::{
        Mutex, PoisonError,
        atomic::{AtomicU64, Ordering},
    },
};

use crate::{
    error::{Code, FRAMEWORK_CODES},
    hooks::Outcome,
    spec::OperationSpec,
};

/// Codes of a user's own that are counted apart, for each operation. Those that the operation names
/// always are; what an operation makes up at run time could be without end, and every one of them
/// would be a time series of its own.
const OWN_CODES_MAX: usize = 32;

/// What is counted together: the own codes above the bound.
const OTHER: &str = "other";

/// What became of an invocation, as far as it is counted.
#[derive(Clone, Copy, Debug)]
pub(super) enum Ending<'a> {
    /// It answered.
    Answered,
    /// It gave an error with this code.
    Failed(&'a Code),
    /// Whoever asked left before the end.
    Cancelled,
}

impl<'a> From<Outcome<'a>> for Ending<'a> {
    fn from(outcome: Outcome<'a>) -> Self {
        match outcome {
            Outcome::Answered => Self::Answered,
            Outcome::Failed(error) => Self::Failed(error.code()),
            Outcome::Cancelled => Self::Cancelled,
        }
    }
}

impl Ending<'_> {
    /// As metrics and spans call it.
    pub(super) fn label(&self) -> &str {
        match self {
            Self::Answered => ANSWERED,
            Self::Failed(code) => code.as_str(),
            Self::Cancelled => CANCELLED,
        }
    }
}

const ANSWERED: &str = "ok";
const CANCELLED: &str = "cancelled";

/// Endings, counted by their labels.
#[derive(Debug)]
pub(super) struct Tally {
    answered: AtomicU64,
    cancelled: AtomicU64,
    framework: [AtomicU64; FRAMEWORK_CODES],
    /// Locked only where an operation failed in its own way.
    own: Mutex<BTreeMap<Cow<'static, str>, u64>>,
}

impl Tally {
    pub(super) fn new(spec: &OperationSpec) -> Self {
        let named = (spec.error_cases)().iter().map(|case| (Cow::Borrowed(case.code), 0));
        Self {
            answered: AtomicU64::new(0),
            cancelled: AtomicU64::new(0),
            framework: array::from_fn(|_| AtomicU64::new(0)),
            own: Mutex::new(named.collect()),
        }
    }

    pub(super) fn count(&self, ending: Ending<'_>) {
        let counter = match ending {
            Ending::Answered => &self.answered,
            Ending::Cancelled => &self.cancelled,
            Ending::Failed(code) => match code.position().and_then(|row| self.framework.get(row)) {
                Some(counter) => counter,
                None => return self.count_own(code.as_str()),
            },
        };
        counter.fetch_add(1, Ordering::Relaxed);
    }

    /// Every label that has been counted, `ok` in any case, so that its rate has a beginning.
    pub(super) fn counts(&self) -> Vec<(Cow<'static, str>, u64)> {
        let load = |counter: &AtomicU64| counter.load(Ordering::Relaxed);
        let framework = Code::texts().zip(self.framework.iter().map(load));
        let own = self.own.lock().unwrap_or_else(PoisonError::into_inner).clone();
        let failed = framework
            .chain([(CANCELLED, load(&self.cancelled))])
            .map(|(code, count)| (Cow::Borrowed(code), count))
            .chain(own)
            .filter(|(_, count)| *count > 0);
        std::iter::once((Cow::Borrowed(ANSWERED), load(&self.answered))).chain(failed).collect()
    }

    fn count_own(&self, code: &str) {
        let mut own = self.own.lock().unwrap_or_else(PoisonError::into_inner);
        let has_room = own.len() < OWN_CODES_MAX;
        let code = if has_room || own.contains_key(code) { code } else { OTHER };
        match own.get_mut(code) {
            Some(count) => *count += 1,
            None => drop(own.insert(Cow::Owned(code.to_owned()), 1)),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::{
        samples::operation,
        spec::{ErrorCase, Method},
    };

    fn tally() -> Tally {
        const SOLD_OUT: ErrorCase =
            ErrorCase { code: "shop.sold_out", status: 409, description: "" };
        Tally::new(&OperationSpec {
            error_cases: || &[SOLD_OUT],
            ..operation("own.one", Method::Get, "/own")
        })
    }

    fn count_of(tally: &Tally, label: &str) -> Option<u64> {
        tally.counts().into_iter().find(|(code, _)| code == label).map(|(_, count)| count)
    }

    #[test]
    fn every_ending_has_its_label() {
        let tally = tally();
        assert_eq!(tally.counts(), [(Cow::Borrowed("ok"), 0)]);
        let sold_out = Code::custom("shop.sold_out", 409);
        for ending in [
            Ending::Answered,
            Ending::Cancelled,
            Ending::Failed(&Code::NotFound),
            Ending::Failed(&Code::NotFound),
            Ending::Failed(&sold_out),
        ] {
            tally.count(ending);
            assert!(count_of(&tally, ending.label()).is_some());
        }
        assert_eq!(count_of(&tally, "not_found"), Some(2));
        assert_eq!(tally.counts().len(), 4);
    }

    #[test]
    fn codes_made_up_at_run_time_are_bounded() {
        let tally = tally();
        for number in 0..1000 {
            tally.count(Ending::Failed(&Code::custom(format!("shop.order_{number}"), 409)));
        }
        tally.count(Ending::Failed(&Code::custom("shop.sold_out", 409)));
        assert_eq!(tally.counts().len(), 1 + OWN_CODES_MAX + 1);
        assert_eq!(count_of(&tally, "shop.sold_out"), Some(1));
        let total: u64 = tally.counts().iter().map(|(_, count)| count).sum();
        assert_eq!(total, 1001);
    }
}
