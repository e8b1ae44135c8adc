//! The data model: a strategy and what it found, as operations tell it.

use std::net::SocketAddr;

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

/// One source of addresses, and what came of it.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
pub struct Discovery {
    /// What it is.
    pub kind: DiscoveryKind,
    /// What it looks at: a path, a name, a group.
    pub watches: String,
    /// The addresses of other nodes that are known through it now.
    pub addresses: Vec<SocketAddr>,
    /// How many addresses of its last answer were not taken, because there are too many.
    pub left_out: usize,
    /// When it answered last (RFC 3339); absent where it never did.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub answered_at: Option<String>,
    /// How many looks failed one after the other; zero where the last one did not.
    pub failures: u32,
    /// What was wrong last, even if it is well again since.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub last_error: Option<DiscoveryError>,
    /// When it is asked next (RFC 3339). A time that is past while it is being asked; absent where the
    /// addresses were given for good.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub next_try_at: Option<String>,
}

/// What was wrong with a look.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
pub struct DiscoveryError {
    /// When (RFC 3339).
    pub at: String,
    /// What, in words.
    pub message: String,
}

/// The kinds of sources.
#[derive(
    Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize, JsonSchema,
)]
#[serde(rename_all = "snake_case")]
pub enum DiscoveryKind {
    /// Addresses that were given at start.
    Static,
    /// A file that lists addresses.
    File,
    /// The other nodes of this machine and user.
    Local,
    /// Announcements in the local network.
    Multicast,
    /// The addresses of a name in DNS.
    Dns,
    /// The service records of a name in DNS.
    Srv,
    /// A headless service of Kubernetes.
    Kubernetes,
    /// A strategy that the program brought along.
    Custom,
}
