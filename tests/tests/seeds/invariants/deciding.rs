//! Who may decide.

use std::{collections::BTreeSet, time::Duration};

use arsenal_cluster::membership::LEASE;

use crate::{
    bounds::SILENCE_NOTICED,
    fault::letter,
    history::{History, Sample},
    truth::Truth,
};

/// No node lets a mutation through that was with most of the voters at no time since it could notice.
///
/// A node may count on whoever it could reach a moment ago, and on nobody else. One that was stopped for
/// longer than the lease of its verdict knows it before it does anything.
pub(super) fn majority_only(history: &History) -> Option<(Duration, String)> {
    history.runs.iter().find_map(|run| {
        let (at, slot) = (run.accepted_at, run.slot);
        let met = met_lately(&history.truth, slot, at);
        let (node, number, side) = (letter(slot), run.number, letters(&met));
        let detail = format!("{node} let {number} through, and could reach only {side} of late");
        is_minority(&history.truth, &met).then_some((at, detail))
    })
}

/// Two nodes do not both say that they may decide, where nobody was in reach of both since they could
/// notice.
pub(super) fn one_side_decides(history: &History) -> Option<(Duration, String)> {
    let moments = history.samples.chunk_by(|one, other| one.at == other.at);
    moments.into_iter().find_map(|moment| {
        let deciding: Vec<&Sample> = moment.iter().filter(|sample| sample.may_decide()).collect();
        deciding.iter().enumerate().find_map(|(index, one)| {
            deciding[..index].iter().find_map(|other| two_sides(&history.truth, one, other))
        })
    })
}

fn two_sides(truth: &Truth, one: &Sample, other: &Sample) -> Option<(Duration, String)> {
    let [side, other_side] = [one, other].map(|it| met_lately(truth, it.slot, it.at));
    let detail = || {
        let (sides, said) = ([&side, &other_side].map(letters), [one.verdict, other.verdict]);
        format!("{} says {}, and {} says {}", sides[0], said[0], sides[1], said[1])
    };
    side.is_disjoint(&other_side).then(|| (one.at, detail()))
}

/// Whom a node could reach at some time that is not longer ago than it takes to notice the end of it.
/// Stops that it cannot notice prolong that.
pub(super) fn met_lately(truth: &Truth, slot: usize, at: Duration) -> BTreeSet<usize> {
    let looked_at = at.saturating_sub(SILENCE_NOTICED * 2);
    let stops = truth.short_stops(slot, (looked_at, at), LEASE);
    truth.met(slot, (at.saturating_sub(SILENCE_NOTICED + stops), at))
}

pub(super) fn is_minority(truth: &Truth, side: &BTreeSet<usize>) -> bool {
    side.len() * 2 <= truth.last().running.len()
}

pub(super) fn letters(side: &BTreeSet<usize>) -> String {
    side.iter().copied().map(letter).collect()
}
