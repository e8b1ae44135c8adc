//! What must be so in every run. Each is a pure check of a history; `docs/invariants.md` says the same
//! in words.

mod agreement;
mod answers;
mod deciding;
mod listing;

use std::{fmt, time::Duration};

pub(crate) use agreement::agreed_after;

use super::history::History;

/// One broken promise.
#[derive(Clone, Debug)]
pub(crate) struct Violation {
    pub(crate) invariant: &'static str,
    pub(crate) at: Duration,
    pub(crate) detail: String,
}

/// A check gives the first thing that is wrong, with its time.
type Check = fn(&History) -> Option<(Duration, String)>;

/// All invariants, by name.
const ALL: [(&str, Check); 9] = [
    ("majority_only", deciding::majority_only),
    ("one_side_decides", deciding::one_side_decides),
    ("nobody_out_of_reach_is_up", listing::nobody_out_of_reach_is_up),
    ("all_agree_in_the_end", agreement::all_agree_in_the_end),
    ("all_works_in_the_end", agreement::all_works_in_the_end),
    ("old_answers_are_marked", answers::old_answers_are_marked),
    ("nothing_runs_late", answers::nothing_runs_late),
    ("answers_say_what_ran", answers::answers_say_what_ran),
    ("nothing_breaks", nothing_breaks),
];

/// The first violation of each invariant that does not hold, the earliest first.
pub(crate) fn violations(history: &History) -> Vec<Violation> {
    let check = |(invariant, check): &(&'static str, Check)| {
        check(history).map(|(at, detail)| Violation { invariant, at, detail })
    };
    let mut found: Vec<Violation> = ALL.iter().filter_map(check).collect();
    found.sort_by_key(|violation| violation.at);
    found
}

/// No node panics, and its gossip never has to begin anew.
fn nothing_breaks(history: &History) -> Option<(Duration, String)> {
    history.breakdowns.first().cloned()
}

impl fmt::Display for Violation {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(formatter, "{} at {:?}: {}", self.invariant, self.at, self.detail)
    }
}
