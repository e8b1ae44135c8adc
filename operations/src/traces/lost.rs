//! What a node does not tell of a session any more. Pure.

use arsenal_cluster::trace::{SessionShare, Traced};
use arsenal_core::{
    error::{Code, Failure},
    limits::FAILURES_LISTED_MAX,
    prelude::*,
};

/// The node of the process that a session began with, where it answers but has no part of the session: it
/// had one. Of other nodes nobody knows; they may have joined later.
pub(super) fn lost(shares: &[SessionShare], failures: &[Failure]) -> Option<Failure> {
    let Traced::Process { pid, .. } = &shares.first()?.plan.on else { return None };
    let node = &pid.node;
    let has_it = shares.iter().any(|share| share.node == *node);
    let has_failed = failures.iter().any(|failure| failure.node == *node);
    // Where very many have failed, it may be one of those that are not listed.
    if has_it || has_failed || failures.len() >= FAILURES_LISTED_MAX {
        return None;
    }
    let detail = format!(
        "node `{node}`, where the process is, has no part of the session any more: it was started anew, \
         or has forgotten it"
    );
    Some(Failure::of_error(node.clone(), &OperationError::new(Code::Gone, detail)))
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    fn share(node: &str, on: &serde_json::Value) -> SessionShare {
        let share = json!({
            "node": node, "id": "00f067aa0ba902b7", "on": on, "duration_ms": 1, "max_events": 1,
            "sampling": 1.0, "payloads": false, "started_at": "", "events": 0,
        });
        serde_json::from_value(share).unwrap()
    }

    #[test]
    fn the_node_of_the_process_is_known_to_have_had_its_part() {
        let on_c = json!({ "process": { "pid": "c.1.7", "follow": true } });
        let shares = [share("a", &on_c), share("b", &on_c)];
        let told = lost(&shares, &[]).unwrap();
        assert_eq!((told.node.as_str(), told.code.as_str()), ("c", "gone"));
        assert_eq!(lost(&shares, std::slice::from_ref(&told)), None, "that is said already");
        assert_eq!(lost(&[share("a", &on_c), share("c", &on_c)], &[]), None);
        assert_eq!(lost(&[share("a", &json!({ "type": "Any" }))], &[]), None);
    }
}
