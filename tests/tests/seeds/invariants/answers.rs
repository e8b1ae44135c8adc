//! What is said to clients.

use std::{
    collections::{BTreeMap, BTreeSet},
    time::Duration,
};

use arsenal_core::membership::Ran;

use super::deciding::{is_minority, letters, met_lately};
use crate::{
    bounds::{LATENESS_UNSEEN, ROUNDING, SILENCE_NOTICED},
    fault::letter,
    history::{Answer, History, Question, Request},
};

/// A node that could decide once, and was with most of the voters at no time since it could notice,
/// marks what it answers as stale. One that was stopped takes that long again.
pub(super) fn old_answers_are_marked(history: &History) -> Option<(Duration, String)> {
    let decided = first_decisions(history);
    history.requests.iter().find_map(|(number, request)| {
        let Request { slot, generation, began, .. } = *request;
        let unmarked = request.answer.as_ref().filter(|it| it.is_stale == Some(false))?;
        decided.get(&(slot, generation)).filter(|first| **first < began)?;
        let awake = history.truth.since(began, |state| state.is_awake(slot))?;
        let met = met_lately(&history.truth, slot, began);
        let is_old =
            began.saturating_sub(awake) > SILENCE_NOTICED && is_minority(&history.truth, &met);
        let (node, side) = (letter(slot), letters(&met));
        let detail =
            format!("{node} answers {number} unmarked, and could reach only {side} of late");
        is_old.then_some((unmarked.at, detail))
    })
}

/// When each start of each node could decide for the first time.
fn first_decisions(history: &History) -> BTreeMap<(usize, u64), Duration> {
    let mut first = BTreeMap::new();
    for sample in history.samples.iter().filter(|sample| sample.may_decide()) {
        first.entry((sample.slot, sample.generation)).or_insert(sample.at);
    }
    first
}

/// No mutation has its effect after its client has given up.
pub(super) fn nothing_runs_late(history: &History) -> Option<(Duration, String)> {
    history.runs.iter().find_map(|run| {
        let request = history.requests.get(&run.number)?;
        let unseen = if run.slot == request.slot { ROUNDING } else { LATENESS_UNSEEN };
        let deadline = request.began + request.patience;
        let late = run.at.checked_sub(deadline).filter(|late| *late > unseen)?;
        let (node, number) = (letter(run.slot), run.number);
        Some((run.at, format!("{node} executed {number} {late:?} after its deadline")))
    })
}

/// What an answer says of each node, whether the mutation ran there, is so; and nothing runs twice.
pub(super) fn answers_say_what_ran(history: &History) -> Option<(Duration, String)> {
    let mut ran: BTreeSet<(u64, usize)> = BTreeSet::new();
    for run in &history.runs {
        if !ran.insert((run.number, run.slot)) {
            return Some((run.at, format!("{} ran twice on {}", run.number, letter(run.slot))));
        }
    }
    history.requests.iter().find_map(|(number, request)| {
        let answer = request.answer.as_ref()?;
        let wrong = (0..history.truth.last().running.len()).find(|slot| {
            match said(request, answer, *slot) {
                Ran::Yes => !ran.contains(&(*number, *slot)),
                Ran::No => ran.contains(&(*number, *slot)),
                Ran::Unknown => false,
            }
        })?;
        let (said, node) = (said(request, answer, wrong), letter(wrong));
        Some((
            answer.at,
            format!("the answer to {number} says ran = {said:?} on {node}: {answer:?}"),
        ))
    })
}

/// What an answer says of one node.
fn said(request: &Request, answer: &Answer, slot: usize) -> Ran {
    if let Some(ran) = answer.ran.get(&slot) {
        return *ran;
    }
    match request.question {
        Question::Read | Question::ReadAll => Ran::No,
        Question::Append { to, .. } if to != slot => Ran::No,
        Question::Append { .. } if answer.is_good() => Ran::Yes,
        // A node that is not among the failures answered, if it was asked at all.
        Question::AppendAll if answer.is_good() => Ran::Unknown,
        Question::Append { .. } | Question::AppendAll if is_refusal(&answer.code) => Ran::No,
        Question::Append { .. } | Question::AppendAll => Ran::Unknown,
    }
}

/// Codes that mean that nothing ran.
fn is_refusal(code: &str) -> bool {
    ["cluster_forming", "cluster_unstable", "minority_partition", "split_brain", "node_unavailable"]
        .contains(&code)
}
