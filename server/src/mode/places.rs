//! What is always about the real node, whichever cluster is addressed.

use arsenal_core::registry::OWN_PATHS;

/// Pages of the program, and the operations that rule the simulation.
const OTHERS: [&str; 5] =
    ["/", "/healthz", "/readyz", "/api/v1/simulation", "/api/v1/cluster/mode"];

/// Whether a path, or what it is below, stays with the real node.
pub(super) fn stays_here(path: &str) -> bool {
    OWN_PATHS.iter().chain(&OTHERS).any(|own| is_at_or_below(path, own))
}

fn is_at_or_below(path: &str, own: &str) -> bool {
    let below = path.strip_prefix(own);
    below.is_some_and(|rest| rest.is_empty() || (own != "/" && rest.starts_with('/')))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn pages_documents_and_the_simulation_itself_stay() {
        for path in [
            "/",
            "/docs",
            "/docs/index.html",
            "/openapi.json",
            "/openapi-3.0.json",
            "/metrics",
            "/healthz",
            "/readyz",
            "/api/v1/simulation",
            "/api/v1/simulation/nodes/c/freeze",
            "/api/v1/cluster/mode",
        ] {
            assert!(stays_here(path), "{path}");
        }
        for path in ["/api/v1/cluster/status", "/api/v1/simulations", "/docsx", "/other", ""] {
            assert!(!stays_here(path), "{path}");
        }
    }
}
