//! Which host names a request may ask for.
//!
//! A web page can give its own name the address of this machine (DNS rebinding) and would then talk
//! to the node as if it were the page's own server. The name in `Host` gives it away.

use std::net::{IpAddr, SocketAddr};

use arsenal_core::error::{Code, OperationError};
use http::{header, request::Parts, uri::Authority};

/// The host that a request asks for.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct RequestedHost(Authority);

impl RequestedHost {
    /// From the request line, else from `Host`. Exactly one is needed.
    pub(super) fn of(request: &Parts) -> Result<Self, OperationError> {
        if let Some(authority) = request.uri.authority() {
            return Ok(Self(authority.clone()));
        }
        let mut hosts = request.headers.get_all(header::HOST).iter();
        let (Some(host), None) = (hosts.next(), hosts.next()) else {
            return Err(OperationError::new(
                Code::Malformed,
                "exactly one header `Host` is needed",
            ));
        };
        Authority::try_from(host.as_bytes()).map(Self).map_err(|error| {
            OperationError::new(Code::Malformed, "the header `Host` is not one").because(error)
        })
    }

    /// Refuses names that are not this node's. Bound to an unspecified address, the node has every
    /// address of its machine, but still no name that somebody else could have given it.
    pub(super) fn check(&self, bound: SocketAddr) -> Result<(), OperationError> {
        let is_ours = self.is_loopback()
            || self.ip().is_some_and(|ip| ip == bound.ip() || bound.ip().is_unspecified());
        if is_ours { Ok(()) } else { Err(foreign_name(self.0.host())) }
    }

    pub(super) fn is_loopback(&self) -> bool {
        self.0.host().eq_ignore_ascii_case("localhost")
            || self.ip().is_some_and(|ip| ip.is_loopback())
    }

    /// Whether an origin, as `http://127.0.0.1:4000`, is this host with this port.
    pub(super) fn is_origin(&self, origin: &str) -> bool {
        let of_origin = origin.split_once("://").map(|(_, authority)| authority);
        of_origin.is_some_and(|authority| authority.eq_ignore_ascii_case(self.0.as_str()))
    }

    fn ip(&self) -> Option<IpAddr> {
        let host = self.0.host();
        host.strip_prefix('[').and_then(|host| host.strip_suffix(']')).unwrap_or(host).parse().ok()
    }
}

fn foreign_name(host: &str) -> OperationError {
    let shown: String = host.chars().take(100).collect();
    OperationError::forbidden(format!("the node is not served under the name `{shown}`"))
        .suggest("use `localhost` or the address that the node is bound to")
}
