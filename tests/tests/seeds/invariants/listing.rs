//! Whom a node lists.

use std::time::Duration;

use arsenal_core::membership::NodeStatus;

use crate::{
    bounds::NOT_UP,
    fault::letter,
    history::{History, Sample},
    truth::State,
};

/// No node lists another as `up` that is dead, frozen, cut off from it or started anew for longer than
/// it takes to notice.
pub(super) fn nobody_out_of_reach_is_up(history: &History) -> Option<(Duration, String)> {
    history.samples.iter().find_map(|sample| {
        let listed = sample.others.iter().filter(|(_, (status, _))| *status == NodeStatus::Up);
        listed.into_iter().find_map(|(other, (_, generation))| {
            let gone = gone_for(history, sample, *other, *generation)?;
            let (node, name) = (letter(sample.slot), letter(*other));
            let detail = format!("{node} lists {name}#{generation} as up after {gone:?}");
            (gone > NOT_UP).then_some((sample.at, detail))
        })
    })
}

/// For how long a node could have noticed that a start of another one does not answer.
fn gone_for(history: &History, sample: &Sample, other: usize, generation: u64) -> Option<Duration> {
    let slot = sample.slot;
    let is_gone = |state: &State| {
        state.running[other] != Some(generation) || !state.side(slot).contains(&other)
    };
    let gone = history.truth.since(sample.at, is_gone)?;
    let awake = history.truth.since(sample.at, |state| state.is_awake(slot))?;
    Some(sample.at.saturating_sub(gone.max(awake)))
}
