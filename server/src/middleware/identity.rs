//! Who calls: somebody with the token, a person at this machine, or nobody.

use std::net::SocketAddr;

use arsenal_core::{
    error::{Code, OperationError},
    principal::{Principal, Role},
};
use axum::extract::ConnectInfo;
use http::{HeaderMap, header, request::Parts};

use super::host::RequestedHost;
use crate::credentials::Token;

/// Headers that proxies add: behind one, a loopback peer says nothing about who calls.
const FORWARDING: [&str; 3] = ["forwarded", "x-real-ip", "via"];
const FORWARDING_PREFIX: &str = "x-forwarded-";

/// What is answered to nobody in particular: only whether the node lives.
const OPEN_PATHS: [&str; 2] = ["/healthz", "/readyz"];

/// The caller. Wrong credentials are refused everywhere, missing ones where they are needed.
pub(super) fn principal(
    request: &Parts,
    host: &RequestedHost,
    token: &Token,
) -> Result<Principal, OperationError> {
    if request.headers.contains_key(header::AUTHORIZATION) {
        return if is_token_shown(&request.headers, token) {
            Ok(Principal::new("token", Role::Admin))
        } else {
            Err(unauthenticated("the credentials are not known"))
        };
    }
    if is_local(request, host) {
        Ok(Principal::local_reader())
    } else if OPEN_PATHS.contains(&request.uri.path()) {
        Ok(Principal::nobody())
    } else {
        Err(unauthenticated("credentials are needed from other machines and through proxies"))
    }
}

fn is_token_shown(headers: &HeaderMap, token: &Token) -> bool {
    let mut shown = headers.get_all(header::AUTHORIZATION).iter();
    let (Some(shown), None) = (shown.next(), shown.next()) else { return false };
    let Some((scheme, credentials)) = shown.as_bytes().split_at_checked("Bearer ".len()) else {
        return false;
    };
    scheme.eq_ignore_ascii_case(b"Bearer ") & token.matches(credentials.trim_ascii())
}

/// Peer and host are this machine, and nothing stands between.
fn is_local(request: &Parts, host: &RequestedHost) -> bool {
    let is_peer_loopback = request
        .extensions
        .get::<ConnectInfo<SocketAddr>>()
        .is_some_and(|peer| peer.0.ip().to_canonical().is_loopback());
    is_peer_loopback && host.is_loopback() && !is_forwarded(&request.headers)
}

fn is_forwarded(headers: &HeaderMap) -> bool {
    headers.keys().any(|name| {
        FORWARDING.contains(&name.as_str()) || name.as_str().starts_with(FORWARDING_PREFIX)
    })
}

fn unauthenticated(detail: &str) -> OperationError {
    OperationError::new(Code::Unauthenticated, detail)
        .suggest("send `Authorization: Bearer …` with the token of this cluster, from the file `token` in the data directory or the one of `--token-file`")
}
