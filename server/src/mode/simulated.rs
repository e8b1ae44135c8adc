//! A request for the simulated cluster: it is given to one of its nodes, whose answer is waited for.

use std::{
    sync::{Arc, Weak},
    time::Duration,
};

use arsenal_cluster::{
    node::NodeRuntime,
    simulation::live::{Obstacle, Simulation},
};
use arsenal_core::{
    context::NodeParts,
    error::{Code, Failure, OperationError},
    headers::{MODE, NODE},
    membership::{CallError, Mode},
    name::NodeName,
};
use axum::{body::Body, extract::Request, response::Response};
use http::{HeaderMap, HeaderValue};
use tokio::{sync::oneshot, time::timeout};

use super::{
    body,
    relay::{Bonds, Head, relay},
    whereabouts::where_it_may_have_run,
};
use crate::middleware::problem;

/// How often it is looked at why there is no answer yet.
const LOOK_EVERY: Duration = Duration::from_millis(250);

/// How long an answer is waited for, by the wall clock, while the clock of the simulation or the node
/// stands: what needs no virtual time (also a list of very many processes, which a simulated node makes in
/// its turn) is there before.
const HELD_UP_MAX: Duration = Duration::from_secs(1);

/// How long an answer is waited for, by the wall clock, while virtual time passes: the time limit of
/// the operation, which is in virtual time, comes first unless the clock is slow.
const ANSWER_MAX: Duration = Duration::from_mins(2);

/// Where a request goes.
pub(super) struct Simulated {
    pub(super) runtime: Arc<NodeRuntime>,
    /// Of the real node: it passes the answer on.
    pub(super) parts: Arc<NodeParts>,
    /// The node; the first that runs where none was chosen.
    pub(super) entry: Option<NodeName>,
    pub(super) body_bytes_max: usize,
}

/// The simulated node that would have answered, if there is such a node, and why there is no answer.
type Unanswered = (Option<NodeName>, OperationError);

impl Simulated {
    /// The answer of the simulated node, or a problem that says why there is none.
    pub(super) async fn answer(self, request: Request) -> Response {
        let headers = request.headers().clone();
        match self.ask(request).await {
            Ok(response) => response,
            Err((node, error)) => refusal(node.as_ref(), &error, &headers),
        }
    }

    async fn ask(self, request: Request) -> Result<Response, Unanswered> {
        let request = body::whole(request, self.body_bytes_max).await;
        let simulation = self.runtime.simulations().current();
        let simulation = simulation.map_err(|error| (None, error.into()))?;
        let is_there = |entry: &NodeName| simulation.names().contains(entry);
        let chosen = self.entry.clone().filter(is_there);
        let unanswered = |error: OperationError| (chosen.clone(), error);
        let request = request.map_err(unanswered)?;
        let (outlet, mut inlet) = relay();
        let rehearsed = request.clone();
        let serve = |parts| outlet.serve(parts, request.map(Body::from));
        let begun = simulation.run_on(self.entry.as_ref(), serve).await;
        let (node, work) = begun.map_err(|error| unanswered(error.into()))?;
        let waiting = Waiting { simulation: Arc::downgrade(&simulation), node };
        // It may be ended while this waits.
        drop(simulation);
        match waiting.wait(&mut inlet.head).await {
            Ok(head) => {
                let closed = Box::pin(self.parts.streams_closed());
                Ok(inlet.response(head, Bonds { work, simulation: waiting.simulation, closed }))
            }
            Err(error) if *error.code() == Code::DistributedTimeout => {
                let nodes = where_it_may_have_run(&waiting.simulation, &waiting.node, rehearsed);
                let error = error.with_failures(nodes.await);
                Err((Some(waiting.node), error))
            }
            Err(error) => Err((Some(waiting.node), error)),
        }
    }
}

/// A node whose answer is waited for.
struct Waiting {
    simulation: Weak<Simulation>,
    node: NodeName,
}

impl Waiting {
    async fn wait(&self, head: &mut oneshot::Receiver<Head>) -> Result<Head, OperationError> {
        let (mut waited, mut held_up) = (Duration::ZERO, Duration::ZERO);
        loop {
            match timeout(LOOK_EVERY, &mut *head).await {
                Ok(Ok(head)) => return Ok(head),
                Ok(Err(_dropped)) => return Err(self.lost()),
                Err(_elapsed) => {}
            }
            let obstacle = self.obstacle().await?;
            waited += LOOK_EVERY;
            held_up = if obstacle.is_some() { held_up + LOOK_EVERY } else { Duration::ZERO };
            if let Some(obstacle) = obstacle.filter(|_| held_up >= HELD_UP_MAX) {
                return Err(self.stands(obstacle));
            }
            if waited >= ANSWER_MAX {
                return Err(self.slow());
            }
        }
    }

    async fn obstacle(&self) -> Result<Option<Obstacle>, OperationError> {
        let simulation = self.simulation.upgrade().ok_or_else(|| self.lost())?;
        Ok(simulation.obstacle(&self.node).await?)
    }

    fn lost(&self) -> OperationError {
        let detail = format!("the simulated node `{}` failed while it was asked", self.node);
        let lost = Failure::of_call(self.node.clone(), CallError::Lost);
        OperationError::new(Code::DistributedExit, detail).with_failures(vec![lost])
    }

    fn stands(&self, obstacle: Obstacle) -> OperationError {
        let node = &self.node;
        let (why, way_out) = match obstacle {
            Obstacle::ClockStands => (
                "needs virtual time to answer, and the clock stands",
                "`POST /api/v1/simulation/clock/step` lets time pass, \
                 `POST /api/v1/simulation/clock/resume` goes on"
                    .to_owned(),
            ),
            Obstacle::Frozen => (
                "has been frozen while it was asked",
                format!("`POST /api/v1/simulation/nodes/{node}/thaw` lets it go on"),
            ),
        };
        let detail = format!("the simulated node `{node}` {why}");
        OperationError::new(Code::DistributedTimeout, detail).suggest(way_out)
    }

    fn slow(&self) -> OperationError {
        let detail = format!(
            "the simulated node `{}` has not answered within {} seconds of the wall clock",
            self.node,
            ANSWER_MAX.as_secs()
        );
        let way_out = "`POST /api/v1/simulation/clock/speed` lets virtual time pass faster";
        OperationError::new(Code::DistributedTimeout, detail).suggest(way_out)
    }
}

/// A problem that is told on behalf of a simulated node. Where there is none, it is the real node's own.
fn refusal(node: Option<&NodeName>, error: &OperationError, request: &HeaderMap) -> Response {
    tracing::debug!(%error, "no answer of a simulated node");
    let mut response = problem(error, request);
    if let Some(Ok(node)) = node.map(|node| HeaderValue::from_str(node.as_str())) {
        let headers = response.headers_mut();
        headers.insert(MODE, HeaderValue::from_static(Mode::Simulated.as_str()));
        headers.insert(NODE, node);
    }
    response
}
