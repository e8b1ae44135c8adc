//! Who shall not reach whom.

use std::collections::BTreeMap;

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

/// A node in a request, and where it stands there.
struct Named<'a> {
    field: &'static str,
    pointer: String,
    node: &'a NodeName,
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
        let split = match (groups, from, to) {
            (Some(groups), None, None) => Self::Groups(groups),
            (None, Some(from), Some(to)) => Self::OneWay { from, to },
            (Some(_), ..) => return Err(invalid("groups", "cannot be given with `from` and `to`")),
            (None, Some(_), None) => return Err(invalid("to", "is needed beside `from`")),
            (None, None, Some(_)) => return Err(invalid("from", "is needed beside `to`")),
            (None, None, None) => {
                return Err(invalid("groups", "is needed, or else both `from` and `to`"));
            }
        };
        split.refuse_twice()?;
        Ok(split)
    }

    /// Refuses nodes that are not among these.
    ///
    /// # Errors
    ///
    /// `invalid_input`, with a pointer to each.
    pub fn refuse_unknown(&self, known: &[NodeName]) -> Result<(), OperationError> {
        let unknown = |named: Named<'_>| (!known.contains(named.node)).then(|| named.unknown());
        refused(self.named().into_iter().filter_map(unknown).collect())
            .map_err(|error| error.suggest(format!("it has {}", NodeName::listed(known))))
    }

    fn refuse_twice(&self) -> Result<(), OperationError> {
        let mut places = BTreeMap::new();
        let mut violations = Vec::new();
        for named in self.named() {
            let first = places.entry(named.node).or_insert_with(|| named.pointer.clone());
            if *first != named.pointer {
                let message = format!("the node `{}` stands at {first} already", named.node);
                violations.push(named.violation(message));
            }
        }
        refused(violations)
    }

    /// All nodes, in their order.
    fn named(&self) -> Vec<Named<'_>> {
        fn of<'a>(
            field: &'static str,
            base: String,
            nodes: &'a [NodeName],
        ) -> impl Iterator<Item = Named<'a>> {
            let named =
                move |(index, node)| Named { field, pointer: format!("{base}/{index}"), node };
            nodes.iter().enumerate().map(named)
        }
        match self {
            Self::Groups(groups) => {
                let groups = groups.iter().enumerate();
                groups
                    .flat_map(|(at, group)| of("groups", format!("/groups/{at}"), group))
                    .collect()
            }
            Self::OneWay { from, to } => {
                let to = of("to", String::from("/to"), to);
                of("from", String::from("/from"), from).chain(to).collect()
            }
        }
    }
}

impl Named<'_> {
    fn violation(self, message: String) -> Violation {
        Violation { pointer: self.pointer, ..Violation::of_body(self.field, message) }
    }

    fn unknown(self) -> Violation {
        let message = format!("the simulated cluster has no node `{}`", self.node);
        self.violation(message)
    }
}

fn refused(violations: Vec<Violation>) -> Result<(), OperationError> {
    if violations.is_empty() { Ok(()) } else { Err(OperationError::invalid_input(violations)) }
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
        ] {
            let error = Split::of(groups, from, to).unwrap_err();
            assert_eq!((error.status(), &*error.violations()[0].name), (422, name));
        }
    }

    #[test]
    fn a_node_that_stands_twice_or_is_unknown_is_pointed_at() {
        let pointers = |error: OperationError| -> Vec<String> {
            error.violations().iter().map(|violation| violation.pointer.clone()).collect()
        };
        let groups = vec![names("a b"), names("c b a")];
        let twice = Split::of(Some(groups), None, None).unwrap_err();
        assert!(twice.violations()[0].message.contains("/groups/0/1"), "{twice}");
        assert_eq!(pointers(twice), ["/groups/1/1", "/groups/1/2"]);
        let twice = Split::of(None, Some(names("a b")), Some(names("c b"))).unwrap_err();
        assert_eq!(pointers(twice), ["/to/1"]);

        let known = names("a b");
        let of_groups = |text: [&str; 2]| Split::of(Some(text.map(names).to_vec()), None, None);
        assert!(of_groups(["a", "b"]).unwrap().refuse_unknown(&known).is_ok());
        let unknown = of_groups(["a y", "z"]).unwrap().refuse_unknown(&known).unwrap_err();
        assert_eq!(pointers(unknown), ["/groups/0/1", "/groups/1/0"]);
    }
}
