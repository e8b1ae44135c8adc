//! The simulated world as a stage: time is virtual, everything else is the product.

use std::{
    net::SocketAddr,
    time::{Duration, SystemTime},
};

use arsenal_cluster::{
    network::sim::LinkConditions,
    node::{Node, NodeBuilder},
    simulation::{Place, SimulatedCluster},
};
use arsenal_core::{
    http,
    principal::{Principal, Role},
    registry::Registry,
};
use axum::{
    body::{Body, to_bytes},
    http::Request as HttpRequest,
};
use serde_json::Value;
use tower::ServiceExt as _;

use crate::stage::{Answer, Kind, Plan, Request, Stage};

/// Everything random comes from it.
const SEED: u64 = 4;

/// When the world begins: far enough from zero for times to look like times.
const BEGINNING: Duration = Duration::from_hours(500_000);

/// Longer than any operation may take.
const PATIENCE: Duration = Duration::from_secs(40);

const BODY_BYTES_MAX: usize = 1 << 20;

pub(crate) struct Simulated {
    cluster: SimulatedCluster,
}

impl Simulated {
    pub(crate) fn new(plans: &[Plan]) -> Self {
        let planned = plans.to_vec();
        let make = move |place: &Place<'_>| builder(&planned, place);
        let began_at = SystemTime::UNIX_EPOCH + BEGINNING;
        let usual = LinkConditions::default();
        let mut cluster = SimulatedCluster::new(SEED, usual, began_at, Box::new(make));
        for plan in plans {
            cluster.add(plan.name.parse().expect("a good name"));
        }
        Self { cluster }
    }
}

fn builder(plans: &[Plan], place: &Place<'_>) -> NodeBuilder {
    let plan = &plans[place.slot];
    let address = |label: &&str| -> SocketAddr {
        let slot = plans.iter().position(|other| other.label == *label);
        place.addresses[slot.expect("who is joined is planned")]
    };
    let builder = NodeBuilder::new(Registry::from_linked().expect("a good catalogue"))
        .join(plan.joins.iter().map(address))
        .voters(plan.voters.iter().map(|name| name.parse().expect("a good name")));
    if plan.is_observer { builder.observer() } else { builder }
}

impl Stage for Simulated {
    fn kind(&self) -> Kind {
        Kind::Simulated
    }

    fn start(&mut self, node: usize) {
        self.cluster.start(node).expect("the node starts");
    }

    fn leave(&mut self, node: usize) {
        self.cluster.ask(node, PATIENCE, Node::leave).expect("it leaves");
        self.cluster.world_mut().kill(node);
    }

    fn kill(&mut self, node: usize) {
        self.cluster.world_mut().kill(node);
    }

    fn freeze(&mut self, node: usize) {
        self.cluster.world_mut().freeze(node);
    }

    fn thaw(&mut self, node: usize) {
        self.cluster.world_mut().thaw(node);
    }

    fn cut(&mut self, from: usize, to: usize) {
        self.cluster.world().links().cut_one_way(&[from], &[to]);
    }

    fn heal(&mut self) {
        self.cluster.world().links().heal();
    }

    fn slow(&mut self, one: usize, other: usize, delay: Duration) {
        let conditions = LinkConditions { delay, ..LinkConditions::default() };
        self.cluster.world().links().set(one, other, conditions);
    }

    fn ask(&mut self, node: usize, request: &Request) -> Option<Answer> {
        let request = http_request(request);
        self.cluster.ask(node, PATIENCE, |node| answer(node, request))
    }

    fn now(&self) -> Duration {
        self.cluster.world().now()
    }

    fn pass(&mut self, time: Duration) {
        self.cluster.world_mut().run(time);
    }
}

/// With the caller that the gate of a real node makes of the token.
fn http_request(request: &Request) -> HttpRequest<Body> {
    let head = HttpRequest::builder().method(request.method).uri(&request.path);
    let head = head.extension(Principal::new("token", Role::Admin));
    let head = match request.deadline {
        Some(deadline) => head.header("arsenal-deadline-ms", deadline.as_millis().to_string()),
        None => head,
    };
    let request = match &request.body {
        Some(body) => {
            let head = head.header("content-type", "application/json");
            head.body(Body::from(body.to_string()))
        }
        None => head.body(Body::empty()),
    };
    request.expect("a good request")
}

fn answer(node: &Node, request: HttpRequest<Body>) -> impl Future<Output = Answer> + Send + use<> {
    let router = http::router(std::sync::Arc::clone(node.parts()));
    async move {
        let answer = router.oneshot(request).await.expect("a router always answers");
        let (head, body) = answer.into_parts();
        let body = to_bytes(body, BODY_BYTES_MAX).await.expect("a whole body");
        let is = |name: &str| head.headers.get(name).is_some_and(|value| value == "true");
        Answer {
            status: head.status.as_u16(),
            is_stale: is("arsenal-stale"),
            is_partial: is("arsenal-partial"),
            body: serde_json::from_slice(&body).unwrap_or(Value::Null),
        }
    }
}
