//! Which routes were probably meant, where a path or its method does not exist. Pure.

use std::collections::BTreeSet;

use super::{
    distance::{CAPTURE, COMMON_STEP, LETTER, distance},
    router::templates,
};
use crate::{
    nearest::nearest_within,
    registry::OWN_PATHS,
    spec::{Method, OperationSpec},
};

/// By how much a route may be farther than twice the nearest one and still be meant.
const SLIP: usize = LETTER;

/// A route without the method of the request is as far as one that is mistyped once.
const WRONG_METHOD: usize = LETTER;

/// A path with the same words: at most the steps that many paths share differ, and one capture.
const SAME_WORDS: usize = CAPTURE + 2 * COMMON_STEP;

/// All that can be asked for.
pub(super) struct Routes(Vec<Route>);

/// A path with its methods.
#[derive(Debug, PartialEq, Eq)]
pub(super) struct Route {
    template: &'static str,
    /// In the order in which they are shown, each once.
    methods: BTreeSet<Method>,
}

impl Routes {
    pub(super) fn of(operations: &[&'static OperationSpec]) -> Self {
        let own = OWN_PATHS.map(|path| Route { template: path, methods: [Method::Get].into() });
        let of_operations = templates(operations).into_iter().map(|(template, operations)| Route {
            template,
            methods: operations.into_iter().map(|spec| spec.method).collect(),
        });
        Self(of_operations.chain(own).collect())
    }

    pub(super) fn len(&self) -> usize {
        self.0.len()
    }

    /// The few nearest. Among paths that are equally near, those with the method come first.
    pub(super) fn near(&self, method: &str, path: &str) -> Vec<&Route> {
        nearest_within(SLIP, &self.0, |route| {
            let is_served = route.serves(method);
            Some(distance(path, route.template)? + if is_served { 0 } else { WRONG_METHOD })
        })
    }

    /// The path that has this method and says the same as one that has not.
    pub(super) fn alike(&self, method: &str, path: &str) -> Option<&Route> {
        let near = self.0.iter().filter(|route| route.serves(method)).filter_map(|route| {
            let distance = distance(path, route.template)?;
            (distance <= SAME_WORDS).then_some((distance, route))
        });
        near.min_by_key(|(distance, _)| *distance).map(|(_, route)| route)
    }
}

impl Route {
    fn serves(&self, method: &str) -> bool {
        self.methods.iter().any(|served| served.as_str() == method)
    }

    pub(super) fn shown(&self) -> String {
        let methods: Vec<_> = self.methods.iter().map(|method| method.as_str()).collect();
        format!("`{} {}`", methods.join("|"), self.template)
    }

    /// With one method only.
    pub(super) fn shown_for(&self, method: &str) -> String {
        format!("`{method} {}`", self.template)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const ROUTES: [(Method, &str); 13] = [
        (Method::Get, "/api/v1/cluster/processes"),
        (Method::Get, "/api/v1/cluster/failures"),
        (Method::Get, "/api/v1/cluster/supervision-trees"),
        (Method::Get, "/api/v1/cluster/mode"),
        (Method::Get, "/api/v1/cluster/nodes/{node}"),
        (Method::Post, "/api/v1/cluster/nodes/{node}/processes"),
        (Method::Post, "/api/v1/processes"),
        (Method::Get, "/api/v1/processes/{pid}"),
        (Method::Delete, "/api/v1/processes/{pid}"),
        (Method::Post, "/api/v1/processes/{pid}/restart"),
        (Method::Get, "/api/v1/supervisors"),
        (Method::Get, "/api/v1/groups"),
        (Method::Get, "/api/v1/traces/{id}"),
    ];

    fn routes() -> Routes {
        let mut templates: Vec<&str> = ROUTES.iter().map(|(_, template)| *template).collect();
        templates.dedup();
        let methods = |wanted: &str| {
            let of_it = ROUTES.iter().filter(|(_, template)| *template == wanted);
            of_it.map(|(method, _)| *method).collect()
        };
        Routes(
            templates
                .into_iter()
                .map(|template| Route { template, methods: methods(template) })
                .collect(),
        )
    }

    #[test]
    fn what_was_meant_comes_first() {
        for (asked, expected) in [
            ("/api/v1/cluster/supervisors", "`GET /api/v1/supervisors`"),
            ("/supervisors", "`GET /api/v1/supervisors`"),
            ("/api/v1/cluster/groups", "`GET /api/v1/groups`"),
            ("/api/v1/failures", "`GET /api/v1/cluster/failures`"),
            ("/api/v1/supervision-trees", "`GET /api/v1/cluster/supervision-trees`"),
            ("/api/v1/trees", "`GET /api/v1/cluster/supervision-trees`"),
            ("/api/v1/process", "`GET /api/v1/cluster/processes`"),
            ("/api/v1/cluster/process", "`GET /api/v1/cluster/processes`"),
            ("/api/v2/cluster/processes", "`GET /api/v1/cluster/processes`"),
            ("/cluster/processes", "`GET /api/v1/cluster/processes`"),
            ("/processes", "`GET /api/v1/cluster/processes`"),
            ("/api/v1/processes/x/kill", "`GET|DELETE /api/v1/processes/{pid}`"),
            ("/api/v1/processes/x/terminate", "`GET|DELETE /api/v1/processes/{pid}`"),
            ("/api/v1/process/x", "`GET|DELETE /api/v1/processes/{pid}`"),
            ("/api/v1/nodes", "`GET /api/v1/cluster/nodes/{node}`"),
        ] {
            let routes = routes();
            let near = routes.near("GET", asked);
            assert_eq!(
                near.first().map(|route| route.shown()).as_deref(),
                Some(expected),
                "{asked}"
            );
        }
    }

    #[test]
    fn where_one_is_meant_the_others_are_not_named() {
        for asked in ["/api/v1/cluster/supervisors", "/api/v1/failures", "/api/v1/cluster/groups"] {
            assert_eq!(routes().near("GET", asked).len(), 1, "{asked}");
        }
    }

    #[test]
    fn nothing_is_near_what_has_other_words() {
        for asked in ["/", "/api", "/api/v1/cluster", "/favicon.ico", "/wp-admin.php", "/swagger"] {
            assert!(routes().near("GET", asked).is_empty(), "{asked}");
        }
    }

    #[test]
    fn a_method_may_be_that_of_a_path_with_the_same_words() {
        let alike =
            |method, path| routes().alike(method, path).map(|route| route.shown_for(method));
        let listed = alike("GET", "/api/v1/processes");
        assert_eq!(listed.as_deref(), Some("`GET /api/v1/cluster/processes`"));
        let started = alike("POST", "/api/v1/cluster/processes");
        assert_eq!(started.as_deref(), Some("`POST /api/v1/processes`"));
        let ended = alike("DELETE", "/api/v1/cluster/processes");
        assert_eq!(ended.as_deref(), Some("`DELETE /api/v1/processes/{pid}`"));
        assert_eq!(alike("GET", "/api/v1/processes/x/restart"), None);
        assert_eq!(alike("PUT", "/api/v1/processes/x"), None);
    }
}
