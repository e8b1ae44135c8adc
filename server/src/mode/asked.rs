//! What a request says about the cluster that it is for: `Arsenal-Mode: simulated; node=c`.

use arsenal_core::{
    error::{OperationError, Violation, ViolationPlace},
    headers::MODE,
    name::NodeName,
};
use http::{HeaderMap, HeaderValue};

/// The header `Arsenal-Mode` of a request.
#[derive(Debug, PartialEq, Eq)]
pub(super) enum Asked {
    /// It is not there.
    Nothing,
    /// The real cluster.
    Cluster,
    /// The simulated cluster, perhaps through a node of the client's choice.
    Simulated { entry: Option<NodeName> },
}

const EXPECTED: &str = "is not `cluster`, `simulated` or `simulated; node=NAME`";

impl Asked {
    /// Reads the header.
    ///
    /// # Errors
    ///
    /// `invalid_input`: it says something else, or is there twice.
    pub(super) fn of(headers: &HeaderMap) -> Result<Self, OperationError> {
        let mut values = headers.get_all(MODE).iter();
        match (values.next(), values.next()) {
            (None, _) => Ok(Self::Nothing),
            (Some(value), None) => Self::parse(value).ok_or_else(|| invalid(EXPECTED)),
            (Some(_), Some(_)) => Err(invalid("is given more than once")),
        }
    }

    fn parse(value: &HeaderValue) -> Option<Self> {
        let mut parts = value.to_str().ok()?.split(';').map(str::trim);
        match (parts.next()?, parts.next(), parts.next()) {
            ("cluster", None, None) => Some(Self::Cluster),
            ("simulated", None, None) => Some(Self::Simulated { entry: None }),
            ("simulated", Some(parameter), None) => {
                let entry = parameter.strip_prefix("node=")?.parse().ok()?;
                Some(Self::Simulated { entry: Some(entry) })
            }
            _ => None,
        }
    }
}

fn invalid(message: &str) -> OperationError {
    let violation = Violation::of(ViolationPlace::Header, MODE.as_str(), message);
    OperationError::invalid_input([violation])
}

#[cfg(test)]
mod tests {
    use super::*;

    fn asked(values: &[&str]) -> Result<Asked, OperationError> {
        let values = values.iter().map(|value| (MODE, HeaderValue::from_str(value).unwrap()));
        let mut headers = HeaderMap::new();
        for (name, value) in values {
            headers.append(name, value);
        }
        Asked::of(&headers)
    }

    #[test]
    fn a_request_says_which_cluster_and_which_node() {
        assert_eq!(asked(&[]).unwrap(), Asked::Nothing);
        assert_eq!(asked(&["cluster"]).unwrap(), Asked::Cluster);
        assert_eq!(asked(&["simulated"]).unwrap(), Asked::Simulated { entry: None });
        for text in ["simulated; node=c", "simulated;node=c", " simulated ; node=c "] {
            let entry = Some("c".parse().unwrap());
            assert_eq!(asked(&[text]).unwrap(), Asked::Simulated { entry });
        }
    }

    #[test]
    fn anything_else_is_refused() {
        for texts in [
            &["real"][..],
            &[""],
            &["cluster; node=c"],
            &["simulated; node=C"],
            &["simulated; entry=c"],
            &["simulated; node=c; x"],
            &["cluster", "cluster"],
        ] {
            let error = asked(texts).unwrap_err();
            assert_eq!((error.status(), &*error.violations()[0].name), (422, "arsenal-mode"));
        }
    }
}
