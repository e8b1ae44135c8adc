//! The ends of processes that were started through Arsenal: each is told once, whoever hears of it first.
//!
//! That a process was started, that it is found ended, and why it ended are learned by different tasks, in
//! any order. So the half that comes first is kept until the other one is there.

use std::collections::BTreeMap;

use super::ProcessTable;
use crate::instrument::{End, records, short_type};

/// Halves of each kind that are kept; that of the process that was started first goes first.
const HALVES_MAX: usize = 256;

/// What is known of ends by halves.
#[derive(Debug, Default)]
pub(super) struct HalfTold {
    /// Why it failed, of what was not known to be started. Most of them are told already, for a supervisor
    /// hears a second time of what it monitors, too.
    failures: BTreeMap<u64, String>,
    /// What it was called, of what was found ended before anybody said why.
    unexplained: BTreeMap<u64, Called>,
}

/// What a process was called, if it had a name.
#[derive(Clone, Debug)]
struct Called(Option<String>);

/// What is remembered of a process that has failed.
struct Failed {
    actor: &'static str,
    /// The error, and where it panicked.
    cause: Option<(String, Option<String>)>,
}

impl ProcessTable {
    /// A supervisor was told of an end: by this failure, or by none.
    pub(crate) fn heard_of_end(&self, local: u64, failure: Option<&str>) {
        let (ended, found_before) = {
            let mut started = self.table();
            match started.end(local) {
                Some(ended) => (ended, None),
                None => (Vec::new(), started.half_told.explained(local, failure)),
            }
        };
        if let Some(failure) = failure
            && (found_before.is_some() || !ended.is_empty())
        {
            let name = found_before.unwrap_or_else(|| self.called(local));
            self.log_failure(local, &name, failure);
        }
        self.forget_names(ended);
    }

    /// A process was found ended. Who waits for its end may see it before any supervisor is told of it.
    pub(crate) fn found_ended(&self, local: u64) {
        let name = self.called(local);
        let (ended, failure) = {
            let mut started = self.table();
            let Some(ended) = started.end(local) else { return };
            (ended, started.half_told.found(local, name.clone()))
        };
        self.forget_names(ended);
        if let Some(failure) = failure {
            self.log_failure(local, &name, &failure);
        } else if let Some((error, _)) = self.failed(local).and_then(|failed| failed.cause)
            // Else a supervisor was told of it just now.
            && self.table().half_told.unexplained.remove(&local).is_some()
        {
            self.log_failure(local, &name, &error);
        }
    }

    fn called(&self, local: u64) -> Called {
        Called(self.names().of(local).map(|name| name.to_string()))
    }

    /// By the record of a process, or by what is remembered of it where that is gone already.
    fn failed(&self, local: u64) -> Option<Failed> {
        let (actor, end) = match records::get(local) {
            Some(record) => (record.types.actor, record.end()),
            None => {
                let ended = self.history().end_of(local)?;
                (ended.actor, Some(ended.end))
            }
        };
        let cause = match end {
            Some(End::Failed { error, location }) => Some((error, location)),
            _ => None,
        };
        Some(Failed { actor, cause })
    }

    /// What is remembered says more than what a supervisor is told.
    fn log_failure(&self, local: u64, name: &Called, told: &str) {
        let failed = self.failed(local);
        let actor_type = failed.as_ref().map(|failed| short_type(failed.actor));
        let cause = failed.as_ref().and_then(|failed| failed.cause.as_ref());
        let (error, location) =
            cause.map_or((told, None), |(error, location)| (error.as_str(), location.as_deref()));
        tracing::warn!(
            process = %self.id(local),
            name = name.0,
            r#type = actor_type.as_deref(),
            error,
            location,
            "a process failed"
        );
    }
}

impl HalfTold {
    /// It is told why a process ended that is not known to run. Answers what it was called if it was found
    /// ended before.
    fn explained(&mut self, local: u64, failure: Option<&str>) -> Option<Called> {
        let found = self.unexplained.remove(&local);
        if let Some(failure) = failure.filter(|_| found.is_none()) {
            keep(&mut self.failures, local, failure.to_owned());
        }
        found
    }

    /// A process was found ended. Answers by which failure, if that was told before.
    fn found(&mut self, local: u64, name: Called) -> Option<String> {
        let failure = self.failures.remove(&local);
        if failure.is_none() {
            keep(&mut self.unexplained, local, name);
        }
        failure
    }

    /// Nothing is to be told of this end.
    pub(super) fn forget(&mut self, local: u64) {
        self.failures.remove(&local);
    }
}

fn keep<T>(halves: &mut BTreeMap<u64, T>, local: u64, half: T) {
    halves.insert(local, half);
    if halves.len() > HALVES_MAX {
        halves.pop_first();
    }
}

#[cfg(test)]
#[path = "ends_tests.rs"]
mod tests;
