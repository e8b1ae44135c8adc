//! Which node a name leads to, given what the nodes answered.

use arsenal_core::{answer::NodeCount, membership::CallError};

use super::*;
use crate::process::ProcessId;

fn process(node: &str) -> NamedProcess {
    let node: NodeName = node.parse().unwrap();
    let pid = ProcessId { node: node.clone(), generation: 1, local: 7 };
    let name = Some(String::from("counter"));
    NamedProcess { pid, node, name, ractor_name: None, actor_type: None }
}

fn answered_for(
    is_for_change: bool,
    having: &[&str],
    silent: &[&str],
) -> Result<NodeName, OperationError> {
    let failure = |node: &&str| Failure::of_call(node.parse().unwrap(), CallError::TimedOut);
    let found = FanOut {
        data: having.iter().map(|node| process(node)).collect(),
        nodes: NodeCount { asked: 3, answered: 3 - silent.len() },
        failures: silent.iter().map(failure).collect(),
        failures_omitted: None,
    };
    only_node(&"counter".parse().unwrap(), found, is_for_change)
}

#[test]
fn one_node_is_the_owner_also_if_it_has_two_and_others_are_silent() {
    for (having, silent) in [(&["b"][..], &[][..]), (&["b", "b"], &["c"])] {
        assert_eq!(answered(having, silent).unwrap().as_str(), "b");
    }
}

#[test]
fn several_nodes_are_a_conflict_that_names_them() {
    let error = answered(&["c", "a"], &[]).unwrap_err();
    assert_eq!(*error.code(), Code::Conflict);
    assert_eq!(error.detail(), "2 nodes have a process `counter`: `counter@a`, `counter@c`");
    let many: Vec<String> = (0..12).map(|number| format!("n{number}")).collect();
    let many: Vec<&str> = many.iter().map(String::as_str).collect();
    let error = answered(&many, &[]).unwrap_err();
    assert!(error.detail().ends_with(" and 2 more"), "{error}");
}

#[test]
fn nobody_is_not_found_only_if_all_were_heard() {
    assert_eq!(*answered(&[], &[]).unwrap_err().code(), Code::NotFound);
    let error = answered(&[], &["b", "c"]).unwrap_err();
    assert_eq!(*error.code(), Code::NodeUnavailable);
    assert!(error.detail().contains("b, c did not"), "{error}");
    assert!(error.failures().iter().all(|failure| failure.ran == Ran::No));
}

fn answered(having: &[&str], silent: &[&str]) -> Result<NodeName, OperationError> {
    answered_for(false, having, silent)
}

#[test]
fn what_is_changed_must_be_certain() {
    assert_eq!(answered_for(true, &["b"], &[]).unwrap().as_str(), "b");
    let error = answered_for(true, &["b"], &["c"]).unwrap_err();
    assert_eq!(*error.code(), Code::NodeUnavailable);
    assert!(error.detail().contains("c did not answer"), "{error}");
    assert_eq!(error.failures()[0].ran, Ran::No);
}
