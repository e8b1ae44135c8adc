//! Which cluster a request is for: the real one, or the simulated one beside it.
//!
//! Stands between the rules of exposure and the routes, so that a request for a simulated node has its
//! caller and its limits like any other. What is about this program itself always stays here.

mod asked;
mod body;
mod places;
mod relay;
mod simulated;
mod whereabouts;

use std::{
    convert::Infallible,
    fmt,
    sync::Arc,
    task::{Context, Poll},
};

use arsenal_cluster::{
    node::{Node, NodeRuntime},
    simulation::live::Addressed,
};
use arsenal_core::{
    context::NodeParts, error::OperationError, headers::MODE, http::Refusal, membership::Mode,
};
use axum::{extract::Request, response::Response};
use futures_util::future::{BoxFuture, Either};
use tower_service::Service;

use self::{asked::Asked, simulated::Simulated};
use crate::middleware::problem;

/// The routes of the real node, and the way to those of simulated ones.
#[derive(Clone)]
pub(crate) struct ModeSwitch<S> {
    routes: S,
    runtime: Arc<NodeRuntime>,
    parts: Arc<NodeParts>,
    /// The largest body that an operation takes.
    body_bytes_max: usize,
}

impl<S> ModeSwitch<S> {
    pub(crate) fn new(routes: S, node: &Node) -> Self {
        let operations = node.parts().registry.operations().iter();
        let body_bytes_max = operations.map(|spec| spec.limits.body_bytes_max).max().unwrap_or(0);
        let (runtime, parts) = (Arc::clone(node.runtime()), Arc::clone(node.parts()));
        Self { routes, runtime, parts, body_bytes_max }
    }

    /// The cluster that a request is for.
    fn addressed(&self, request: &Request) -> Result<Addressed, OperationError> {
        let addressed = self.runtime.simulations().addressed();
        Ok(match Asked::of(request.headers())? {
            Asked::Nothing => addressed,
            Asked::Cluster => Addressed { mode: Mode::Cluster, entry: None },
            Asked::Simulated { entry } => {
                Addressed { mode: Mode::Simulated, entry: entry.or(addressed.entry) }
            }
        })
    }
}

type Outcome = Result<Response, Infallible>;

impl<S> Service<Request> for ModeSwitch<S>
where
    S: Service<Request, Response = Response, Error = Infallible>,
{
    type Response = Response;
    type Error = Infallible;
    type Future = Either<S::Future, Either<Refusal, BoxFuture<'static, Outcome>>>;

    fn poll_ready(&mut self, context: &mut Context<'_>) -> Poll<Result<(), Infallible>> {
        self.routes.poll_ready(context)
    }

    fn call(&mut self, mut request: Request) -> Self::Future {
        // Most requests ask for nothing, and there is no simulation: they pay for no more than this.
        let is_plain = !request.headers().contains_key(MODE);
        if is_plain && !self.runtime.simulations().is_simulated() {
            return Either::Left(self.routes.call(request));
        }
        let addressed = match self.addressed(&request) {
            Ok(addressed) => addressed,
            Err(error) => {
                let response = problem(&error, request.headers());
                return Either::Right(Either::Left(Refusal::new(request, response)));
            }
        };
        request.headers_mut().remove(MODE);
        if addressed.mode == Mode::Cluster || places::stays_here(request.uri().path()) {
            return Either::Left(self.routes.call(request));
        }
        let simulated = Simulated {
            runtime: Arc::clone(&self.runtime),
            parts: Arc::clone(&self.parts),
            entry: addressed.entry,
            body_bytes_max: self.body_bytes_max,
        };
        let answer = async move { Ok(simulated.answer(request).await) };
        Either::Right(Either::Right(Box::pin(answer)))
    }
}

impl<S> fmt::Debug for ModeSwitch<S> {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter
            .debug_struct("ModeSwitch")
            .field("node", self.runtime.me())
            .finish_non_exhaustive()
    }
}
