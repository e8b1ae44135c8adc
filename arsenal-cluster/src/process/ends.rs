//! The ends of processes that were started through Arsenal: each is told once, whoever hears of it first.

use super::ProcessTable;
use crate::instrument::{End, records, short_type};

/// What is known of a process while it ends.
struct Ending {
    name: Option<String>,
    actor_type: Option<&'static str>,
    end: Option<End>,
}

impl ProcessTable {
    /// A process has ended: with this failure, or with what is known of it.
    pub(crate) fn heard_of_end(&self, local: u64, failure: Option<&str>) {
        // Its name and its record go with it.
        let ending = self.ending(local);
        if self.ended(local) {
            self.log_failure(local, &ending, failure);
        }
    }

    /// By its record, or by what is remembered of it where that is gone already.
    fn ending(&self, local: u64) -> Ending {
        let name = self.names().of(local).map(|name| name.to_string());
        if let Some(record) = records::get(local) {
            return Ending { name, actor_type: Some(record.types.actor), end: record.end() };
        }
        let ended = self.history().end_of(local);
        let actor_type = ended.as_ref().map(|ended| ended.actor);
        Ending { name, actor_type, end: ended.map(|ended| ended.end) }
    }

    fn log_failure(&self, local: u64, ending: &Ending, failure: Option<&str>) {
        let (known, location) = match &ending.end {
            Some(End::Failed { error, location }) => (Some(error.as_str()), location.as_deref()),
            _ => (None, None),
        };
        let Some(error) = known.or(failure) else { return };
        tracing::warn!(
            process = %self.id(local),
            name = ending.name,
            r#type = ending.actor_type.map(short_type).as_deref(),
            error,
            location,
            "a process failed"
        );
    }
}
