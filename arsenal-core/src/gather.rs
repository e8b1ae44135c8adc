//! Answers and failures of many nodes become one answer, or the error that says why not. Pure.

use std::collections::BTreeMap;

use serde::Serialize;
use serde_json::value::{RawValue, to_raw_value};

use crate::{
    answer::{FanOut, Gather, NodeAnswer, NodeCount, Reply},
    error::{Failure, OperationError, keep_listed},
    fan_out::Outcome,
    name::NodeName,
    spec::Require,
};

/// Answers and failures, apart.
pub(crate) struct Gathered {
    pub(crate) answers: Vec<NodeAnswer<Box<RawValue>>>,
    pub(crate) failures: Vec<Failure>,
}

impl Gathered {
    pub(crate) fn of(outcomes: Vec<(NodeName, Outcome)>) -> Self {
        let mut gathered = Self { answers: Vec::new(), failures: Vec::new() };
        for (node, outcome) in outcomes {
            match outcome {
                Ok(answer) => gathered.answers.push(NodeAnswer { node, answer }),
                Err(failure) => gathered.failures.push(failure),
            }
        }
        gathered
    }

    /// Fewer answers than required: the most severe failure speaks for all.
    pub(crate) fn suffice(&self, require: Require) -> Result<(), OperationError> {
        let (answered, asked) = (self.answers.len(), self.answers.len() + self.failures.len());
        if is_enough(require, answered, asked) {
            return Ok(());
        }
        Err(OperationError::of_failures(answered, self.failures.clone()))
    }

    /// The whole answer with `data` made by the operation's way of gathering.
    pub(crate) fn into_reply(self, gather: Gather) -> Result<Reply, OperationError> {
        let nodes = NodeCount {
            asked: self.answers.len() + self.failures.len(),
            answered: self.answers.len(),
        };
        let data = match gather {
            // Pages are merged before they get here, see `pages`.
            Gather::PerNode | Gather::Pages => per_node(self.answers)?,
            Gather::With(function) => (function.run)(self.answers)?,
        };
        with_data(data, nodes, self.failures)
    }
}

/// Whether so many answers suffice.
pub(crate) fn is_enough(require: Require, answered: usize, asked: usize) -> bool {
    match require {
        Require::Any => answered >= 1,
        Require::Majority => answered * 2 > asked,
        Require::All => answered == asked,
    }
}

/// The answer of a fan-out around its data.
pub(crate) fn with_data<T: Serialize>(
    data: T,
    nodes: NodeCount,
    mut failures: Vec<Failure>,
) -> Result<Reply, OperationError> {
    let omitted = keep_listed(&mut failures);
    let failures_omitted = (omitted > 0).then_some(omitted);
    Reply::json(&FanOut { data, nodes, failures, failures_omitted })
}

fn per_node(answers: Vec<NodeAnswer<Box<RawValue>>>) -> Result<Box<RawValue>, OperationError> {
    let by_name: BTreeMap<NodeName, Box<RawValue>> =
        answers.into_iter().map(|answer| (answer.node, answer.answer)).collect();
    to_raw_value(&by_name).map_err(|error| OperationError::internal().because(error))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::{error::Code, membership::CallError};

    fn gathered(answers: &[&str], failures: &[(&str, CallError)]) -> Gathered {
        let mut outcomes: Vec<(NodeName, Outcome)> = Vec::new();
        for node in answers {
            let answer = RawValue::from_string(format!("\"{node}\"")).unwrap();
            outcomes.push((node.parse().unwrap(), Ok(answer)));
        }
        for (node, error) in failures {
            let node: NodeName = node.parse().unwrap();
            outcomes.push((node.clone(), Err(Failure::of_call(node, *error))));
        }
        Gathered::of(outcomes)
    }

    #[test]
    fn answers_pass_through_by_node() {
        let reply = gathered(&["b", "a"], &[("c", CallError::Unavailable)])
            .into_reply(Gather::PerNode)
            .unwrap();
        assert_eq!(
            String::from_utf8(reply.into_json().unwrap().to_vec()).unwrap(),
            r#"{"data":{"a":"a","b":"b"},"nodes":{"asked":3,"answered":2},"failures":[{"node":"c","code":"node_unavailable","ran":"no","detail":"node `c` is not reachable"}]}"#
        );
    }

    #[test]
    fn require_decides_and_the_worst_failure_speaks() {
        let down = ("c", CallError::Unavailable);
        let slow = ("b", CallError::TimedOut);
        assert!(gathered(&["a"], &[down, slow]).suffice(Require::Any).is_ok());
        let error = gathered(&["a"], &[down, slow]).suffice(Require::Majority).unwrap_err();
        assert_eq!(*error.code(), Code::DistributedTimeout);
        assert_eq!(error.failures().len(), 2);
        assert!(gathered(&["a", "b"], &[down]).suffice(Require::Majority).is_ok());
        assert!(gathered(&["a", "b"], &[down]).suffice(Require::All).is_err());
        let error = gathered(&[], &[down]).suffice(Require::Any).unwrap_err();
        assert_eq!(*error.code(), Code::NodeUnavailable);
    }
}
