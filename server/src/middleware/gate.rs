//! The service around all routes: admits a request with its principal, or answers why not.

use std::{
    convert::Infallible,
    net::SocketAddr,
    sync::Arc,
    task::{Context, Poll},
};

use arsenal_core::{error::OperationError, http::Refusal, principal::Principal};
use axum::{extract::Request, response::Response};
use futures_util::{
    FutureExt as _,
    future::{Either, Join, Map, Ready, join, ready},
};
use http::request::Parts;
use tower_service::Service;

use super::{browser, headers::AnsweredBy, host::RequestedHost, identity, refusal::problem};
use crate::credentials::Token;

/// What the gate knows of its node.
#[derive(Debug)]
pub(crate) struct GateRules {
    /// Where HTTP is served.
    pub(crate) bound: SocketAddr,
    /// The token that clients show.
    pub(crate) token: Token,
    /// The node itself, as its answers name it.
    pub(crate) answered_by: AnsweredBy,
}

impl GateRules {
    /// The caller, if every rule admits the request. The order matters: a foreign page learns
    /// nothing about credentials.
    fn admit(&self, request: &Parts) -> Result<Principal, OperationError> {
        let host = RequestedHost::of(request)?;
        host.check(self.bound)?;
        browser::check(request, &host)?;
        identity::principal(request, &host, &self.token)
    }
}

/// All routes behind the rules of exposure. The principal travels in the request's extensions; the
/// peer is taken from there (`ConnectInfo<SocketAddr>`).
#[derive(Clone, Debug)]
pub(crate) struct Gate<S> {
    rules: Arc<GateRules>,
    routes: S,
}

impl<S> Gate<S> {
    pub(crate) fn new(rules: GateRules, routes: S) -> Self {
        Self { rules: Arc::new(rules), routes }
    }
}

type Outcome = Result<Response, Infallible>;

/// The answer of the routes, with the rules that its headers come from: a type that can be named, so
/// that nothing is boxed on the way of every request.
type Answering<F> = Map<Join<F, Ready<Arc<GateRules>>>, fn((Outcome, Arc<GateRules>)) -> Outcome>;

impl<S> Service<Request> for Gate<S>
where
    S: Service<Request, Response = Response, Error = Infallible>,
{
    type Response = Response;
    type Error = Infallible;
    type Future = Either<Refusal, Answering<S::Future>>;

    fn poll_ready(&mut self, context: &mut Context<'_>) -> Poll<Result<(), Infallible>> {
        self.routes.poll_ready(context)
    }

    fn call(&mut self, request: Request) -> Self::Future {
        let (mut head, body) = request.into_parts();
        match self.rules.admit(&head) {
            Ok(principal) => {
                head.extensions.insert(principal);
                let answer = self.routes.call(Request::from_parts(head, body));
                Either::Right(join(answer, ready(Arc::clone(&self.rules))).map(with_headers))
            }
            Err(error) => {
                tracing::debug!(%error, method = %head.method, path = head.uri.path(), "refused");
                let mut response = problem(&error, &head.headers);
                self.rules.answered_by.add_headers(response.headers_mut());
                Either::Left(Refusal::new(Request::from_parts(head, body), response))
            }
        }
    }
}

fn with_headers((outcome, rules): (Outcome, Arc<GateRules>)) -> Outcome {
    outcome.map(|mut response| {
        rules.answered_by.add_headers(response.headers_mut());
        response
    })
}

#[cfg(test)]
#[path = "gate_tests.rs"]
mod tests;
