//! Who calls.

use std::sync::Arc;

use serde::{Deserialize, Serialize};

/// A caller whose credentials were checked at the edge. Travels with the invocation.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Principal {
    name: Arc<str>,
    role: Role,
    is_authenticated: bool,
}

/// What a caller may do; each role includes the ones before it.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Role {
    /// Nothing: no credentials were shown, or none were asked for.
    Nobody,
    /// Look.
    Read,
    /// Change what the user's program does.
    Operate,
    /// Everything.
    Admin,
}

impl Principal {
    /// A caller whose credentials were good, with a name for logs and a role.
    pub fn new(name: impl Into<Arc<str>>, role: Role) -> Self {
        Self { name: name.into(), role, is_authenticated: true }
    }

    /// A caller without credentials, who may do nothing: what a request has that passed no check.
    pub fn nobody() -> Self {
        Self { name: "nobody".into(), role: Role::Nobody, is_authenticated: false }
    }

    /// A caller without credentials who may look: a person at this machine.
    pub fn local_reader() -> Self {
        Self { name: "local".into(), role: Role::Read, is_authenticated: false }
    }

    /// The node itself.
    pub fn node() -> Self {
        Self::new("node", Role::Admin)
    }

    /// Who it is, for logs.
    pub fn name(&self) -> &str {
        &self.name
    }

    /// What it may do.
    pub fn role(&self) -> Role {
        self.role
    }

    /// Whether credentials were shown.
    pub fn is_authenticated(&self) -> bool {
        self.is_authenticated
    }
}
