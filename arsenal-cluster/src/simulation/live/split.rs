//! Who shall not reach whom.

use std::collections::BTreeSet;

use arsenal_core::{
    error::{OperationError, Violation},
    name::NodeName,
};

/// A way to break the links between nodes.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Split {
    /// Groups that do not reach each other; a node of no group is alone.
    Groups(Vec<Vec<NodeName>>),
    /// Nothing gets from these nodes to those.
    OneWay {
        /// Who sends in vain.
        from: Vec<NodeName>,
        /// Who hears nothing.
        to: Vec<NodeName>,
    },
}

impl Split {
    /// From what a request gave: either groups, or both ends of a direction.
    ///
    /// # Errors
    ///
    /// `invalid_input`: neither or both, or a node that stands twice.
    pub fn of(
        groups: Option<Vec<Vec<NodeName>>>,
        from: Option<Vec<NodeName>>,
        to: Option<Vec<NodeName>>,
    ) -> Result<Self, OperationError> {
        match (groups, from, to) {
            (Some(groups), None, None) => {
                refuse_twice("groups", &groups.concat())?;
                Ok(Self::Groups(groups))
            }
            (None, Some(from), Some(to)) => {
                refuse_twice("to", &[from.as_slice(), &to].concat())?;
                Ok(Self::OneWay { from, to })
            }
            (Some(_), ..) => Err(invalid("groups", "cannot be given with `from` and `to`")),
            (None, Some(_), None) => Err(invalid("to", "is needed beside `from`")),
            (None, None, Some(_)) => Err(invalid("from", "is needed beside `to`")),
            (None, None, None) => Err(invalid("groups", "is needed, or else both `from` and `to`")),
        }
    }
}

fn refuse_twice(name: &str, nodes: &[NodeName]) -> Result<(), OperationError> {
    let mut seen = BTreeSet::new();
    for node in nodes {
        if !seen.insert(node) {
            return Err(invalid(name, &format!("names the node `{node}` twice")));
        }
    }
    Ok(())
}

fn invalid(name: &str, message: &str) -> OperationError {
    OperationError::invalid_input([Violation::of_body(name, message)])
}

#[cfg(test)]
mod tests {
    use super::*;

    fn names(text: &str) -> Vec<NodeName> {
        text.split(' ').map(|name| name.parse().unwrap()).collect()
    }

    #[test]
    fn a_split_is_either_groups_or_one_direction() {
        let groups = vec![names("a b"), names("c")];
        assert_eq!(
            Split::of(Some(groups.clone()), None, None).unwrap(),
            Split::Groups(groups.clone())
        );
        let one_way = Split::of(None, Some(names("a")), Some(names("b c"))).unwrap();
        assert_eq!(one_way, Split::OneWay { from: names("a"), to: names("b c") });
        for (groups, from, to, name) in [
            (None, None, None, "groups"),
            (Some(groups), Some(names("a")), None, "groups"),
            (None, Some(names("a")), None, "to"),
            (None, None, Some(names("a")), "from"),
            (Some(vec![names("a b"), names("b")]), None, None, "groups"),
            (None, Some(names("a b")), Some(names("b")), "to"),
        ] {
            let error = Split::of(groups, from, to).unwrap_err();
            assert_eq!((error.status(), &*error.violations()[0].name), (422, name));
        }
    }
}
