//! What must be so once nothing goes wrong any more.

use std::time::Duration;

use arsenal_core::{
    membership::{NodeStatus, Verdict},
    name::NodeName,
};

use crate::{
    bounds::{AGREED, CALLED},
    fault::letter,
    history::{History, Question, Request, Sample},
    schedule::QUIET_FROM,
};

/// Some time after the last fault all live nodes say the same: who is up and who is down, which verdict
/// follows, who votes.
pub(super) fn all_agree_in_the_end(history: &History) -> Option<(Duration, String)> {
    let late = history.samples.iter().filter(|sample| sample.at > QUIET_FROM + AGREED);
    late.into_iter().find_map(|sample| Some((sample.at, disagreement(history, sample)?)))
}

/// How long after the last fault all live nodes agreed, and went on to.
pub(crate) fn agreed_after(history: &History) -> Duration {
    let last = history.samples.iter().rev().find(|sample| disagreement(history, sample).is_some());
    last.map_or(Duration::ZERO, |sample| sample.at.saturating_sub(QUIET_FROM))
}

/// What is wrong with what a node says, as things are after the last fault.
fn disagreement(history: &History, sample: &Sample) -> Option<String> {
    let truth = history.truth.last();
    let node = letter(sample.slot);
    let is_whole = truth.running.iter().all(Option::is_some);
    let verdict = if is_whole { Verdict::Whole } else { Verdict::Majority };
    if sample.verdict != verdict {
        return Some(format!("{node} says {} and not {verdict}", sample.verdict));
    }
    let nodes: String = (0..truth.running.len()).map(letter).collect();
    let voters: String = sample.electorate.voters.iter().map(NodeName::as_str).collect();
    if (sample.electorate.version, &voters) != (1, &nodes) {
        return Some(format!("{node} goes by the voters {:?}", sample.electorate));
    }
    let is_listed = |slot: usize| match (truth.running[slot], sample.others.get(&slot)) {
        (Some(generation), Some(listed)) => *listed == (NodeStatus::Up, generation),
        (None, Some((status, _))) => *status == NodeStatus::Down,
        (_, None) => slot == sample.slot,
    };
    let wrong = (0..truth.running.len()).find(|slot| !is_listed(*slot))?;
    Some(format!("{node} lists {} as {:?}", letter(wrong), sample.others.get(&wrong)))
}

/// Then every mutation is done, and every question answered in full; a dead node is named as such.
pub(super) fn all_works_in_the_end(history: &History) -> Option<(Duration, String)> {
    let late = history.requests.iter().filter(|(_, it)| it.began > QUIET_FROM + AGREED);
    late.into_iter().find_map(|(number, request)| {
        let answer = request.answer.as_ref()?;
        let expected = expected(history, request)?;
        let found = (answer.status, answer.code.as_str());
        let node = letter(request.slot);
        let detail = format!("{node} answers {found:?} to {number}, {:?}", request.question);
        (found != expected).then_some((answer.at, detail))
    })
}

/// None where it depends on moments.
fn expected(history: &History, request: &Request) -> Option<(u16, &'static str)> {
    let is_live = |slot: usize| history.truth.last().running[slot].is_some();
    match request.question {
        Question::Append { to, .. } if !is_live(to) => Some((503, "node_unavailable")),
        // It may work for longer than the client waits.
        Question::Append { pause, .. } if pause + CALLED > request.patience => None,
        Question::Append { .. } | Question::AppendAll if request.patience < CALLED => None,
        Question::Append { .. } | Question::AppendAll | Question::Read | Question::ReadAll => {
            Some((200, ""))
        }
    }
}
