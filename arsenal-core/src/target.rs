//! Which nodes does an invocation address? Pure: target, named node and view in, members out.

use crate::{
    error::{Code, Failure, OperationError, call_error_code},
    membership::{CallError, Member, MembershipView, NodeStatus},
    name::NodeName,
    spec::Target,
};

/// The nodes that an invocation addresses.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Addressed {
    /// This node.
    Here,
    /// One other node, which answers for itself.
    Peer(Member),
    /// Several nodes, dead ones among them: each gets exactly one outcome.
    Nodes(Vec<Member>),
}

/// Chooses the nodes. `named` is the node that the request names, or that owns what it names, where the
/// target looks at one.
///
/// A named node that is no member is `not_found`, or unavailable where it has left; a dead one is an
/// error only where it alone was to answer.
pub fn choose(
    target: Target,
    named: Option<&str>,
    view: &MembershipView,
) -> Result<Addressed, OperationError> {
    match target {
        Target::Here | Target::Any => Ok(Addressed::Here),
        Target::Node { .. } | Target::Owner { .. } => {
            let member = named_member(named.unwrap_or_default(), view)?;
            if member.name == view.me {
                return Ok(Addressed::Here);
            }
            if !member.status.is_callable() {
                return Err(unavailable(&member));
            }
            Ok(Addressed::Peer(member))
        }
        Target::AllNodes { .. } => match named {
            Some(name) => Ok(Addressed::Nodes(vec![named_member(name, view)?])),
            None => Ok(Addressed::Nodes(
                view.members
                    .iter()
                    .filter(|member| member.status != NodeStatus::Left)
                    .cloned()
                    .collect(),
            )),
        },
    }
}

fn named_member(name: &str, view: &MembershipView) -> Result<Member, OperationError> {
    view.member(name).cloned().ok_or_else(|| {
        let known: Vec<&str> = view.members.iter().map(|member| member.name.as_str()).collect();
        let gone = view.left.iter().find(|node| node.as_str() == name);
        gone.map_or_else(
            || OperationError::not_found(format!("no node `{name}` in this cluster")),
            left,
        )
        .suggest(format!("the nodes are {}", known.join(", ")))
    })
}

/// It may come back, so that it is not gone for good.
fn left(node: &NodeName) -> OperationError {
    let detail = format!("node `{node}` has left the cluster");
    let error = OperationError::new(Code::NodeUnavailable, detail);
    let failure = Failure::of_error(node.clone(), &error);
    error.with_failures(vec![failure])
}

fn unavailable(member: &Member) -> OperationError {
    let failure = Failure::of_call(member.name.clone(), CallError::Unavailable);
    OperationError::new(call_error_code(CallError::Unavailable), failure.detail.clone())
        .with_failures(vec![failure])
}

#[cfg(test)]
mod tests {
    use std::collections::BTreeSet;

    use super::*;
    use crate::membership::{Quorum, Verdict};

    fn view() -> MembershipView {
        let member =
            |name: &str, status| Member { name: name.parse().unwrap(), generation: 1, status };
        MembershipView {
            me: "a".parse().unwrap(),
            members: vec![
                member("a", NodeStatus::Up),
                member("b", NodeStatus::Up),
                member("c", NodeStatus::Down),
            ],
            left: ["d".parse().unwrap()].into(),
            quorum: Quorum {
                verdict: Verdict::Whole,
                live: BTreeSet::new(),
                expected: BTreeSet::new(),
                missing: BTreeSet::new(),
                since: String::new(),
            },
        }
    }

    fn names(addressed: &Addressed) -> String {
        match addressed {
            Addressed::Here => String::from("here"),
            Addressed::Peer(member) => member.name.to_string(),
            Addressed::Nodes(members) => {
                members.iter().map(|m| m.name.as_str()).collect::<Vec<_>>().join(" ")
            }
        }
    }

    #[test]
    fn the_target_decides_who_is_asked() {
        let one = Target::Node { parameter: "node" };
        let all = Target::AllNodes { only: Some("node") };
        for (target, named, expected) in [
            (Target::Here, None, "here"),
            (Target::Any, None, "here"),
            (one, Some("a"), "here"),
            (one, Some("b"), "b"),
            (all, None, "a b c"),
            (all, Some("c"), "c"),
        ] {
            assert_eq!(names(&choose(target, named, &view()).unwrap()), expected);
        }
        let error = choose(one, Some("c"), &view()).unwrap_err();
        assert_eq!(*error.code(), Code::NodeUnavailable);
        assert_eq!(error.failures()[0].node.as_str(), "c");
        for target in [one, all] {
            assert_eq!(*choose(target, Some("x"), &view()).unwrap_err().code(), Code::NotFound);
            let left = choose(target, Some("d"), &view()).unwrap_err();
            assert_eq!((left.code(), left.failures().len()), (&Code::NodeUnavailable, 1));
            assert!(left.detail().contains("has left"), "{left}");
        }
    }
}
