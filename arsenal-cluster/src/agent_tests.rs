//! What a node makes of invocations that others send, whatever those others have checked.

use std::{
    sync::atomic::{AtomicU32, Ordering},
    time::SystemTime,
};

use arsenal_core::{
    answer::Reply,
    arguments::OwnedArguments,
    envelope::decode_answer,
    membership::{Mode, Ran},
    operation,
    principal::{Principal, Role},
    registry::Registry,
    request_id::RequestId,
};

use super::*;
use crate::{
    network::unplugged::Unplugged,
    node::{Node, NodeBuilder},
};

/// What the operations of one test have done.
#[derive(Clone, Default)]
struct Trace(Arc<Counts>);

#[derive(Default)]
struct Counts {
    started: AtomicU32,
    ended: AtomicU32,
}

/// Counts its end, also where that is not its own.
struct Running(Trace);

impl Drop for Running {
    fn drop(&mut self) {
        self.0.0.ended.fetch_add(1, Ordering::Relaxed);
    }
}

impl Trace {
    fn start(&self) -> (u32, Running) {
        (self.0.started.fetch_add(1, Ordering::Relaxed) + 1, Running(self.clone()))
    }

    fn counts(&self) -> (u32, u32) {
        (self.0.started.load(Ordering::Relaxed), self.0.ended.load(Ordering::Relaxed))
    }
}

/// Counts, for administrators.
#[operation(post, "/trace/admin", name = "trace.admin", access = admin, idempotent)]
async fn admin(#[state] trace: Trace) -> Result<u32, OperationError> {
    Ok(trace.start().0)
}

/// Counts where the majority is.
#[operation(post, "/trace/decide", name = "trace.decide", partition = majority)]
async fn decide(#[state] trace: Trace) -> Result<u32, OperationError> {
    Ok(trace.start().0)
}

/// Never ends by itself.
#[operation(post, "/trace/linger", name = "trace.linger", timeout = "1m")]
async fn linger(#[state] trace: Trace) -> Result<u32, OperationError> {
    let (number, _running) = trace.start();
    std::future::pending::<()>().await;
    Ok(number)
}

/// A node that sees none of its voters but itself, and what its operations do.
struct Bench {
    agent: Agent,
    trace: Trace,
    _node: Node,
}

impl Bench {
    async fn start() -> Self {
        let trace = Trace::default();
        let me = Peer { id: "a#1".parse().unwrap(), address: ([127, 0, 0, 1], 1).into() };
        let given = trace.clone();
        let builder = NodeBuilder::new(Registry::from_linked().unwrap())
            .voters(["a", "b", "c"].map(|name| name.parse().unwrap()))
            .state(move |_| given);
        let node = builder.start(Arc::new(Unplugged(me)), SystemTime::UNIX_EPOCH).await.unwrap();
        let (parts, runtime) = (Arc::clone(node.parts()), Arc::clone(node.runtime()));
        Self { agent: Agent { parts, runtime }, trace, _node: node }
    }

    /// Sends an envelope that no entry node has checked.
    async fn send(
        &self,
        operation: &str,
        principal: Principal,
        key: Option<&str>,
    ) -> Result<Reply, OperationError> {
        let spec = self.agent.parts.registry.get(operation).unwrap();
        let envelope = Envelope {
            operation: operation.to_owned(),
            schema_digest: schema_digest(spec),
            principal,
            request_id: RequestId::new(),
            trace_context: None,
            idempotency_key: key.map(str::to_owned),
            last_event_id: None,
            sent_at_ms: 0,
            time_left_ms: 1000,
            mode: Mode::Cluster,
            arguments: OwnedArguments::Json(Bytes::from_static(b"{}")),
        };
        let from = "b#1".parse().unwrap();
        let answer = self.agent.call(&from, envelope.encode(), Duration::from_secs(2)).await;
        decode_answer(answer).unwrap()
    }
}

fn admin_of_b() -> Principal {
    Principal::new("tester", Role::Admin)
}

#[tokio::test(start_paused = true)]
async fn the_role_of_the_caller_is_checked_again_where_it_executes() {
    let bench = Bench::start().await;
    for (principal, code) in [
        (Principal::new("tester", Role::Operate), Code::Forbidden),
        (Principal::local_reader(), Code::Unauthenticated),
        (Principal::nobody(), Code::Unauthenticated),
    ] {
        let error = bench.send("trace.admin", principal, Some("k")).await.unwrap_err();
        assert_eq!((error.code(), error.failures()[0].ran), (&code, Ran::No));
    }
    assert_eq!(bench.trace.counts(), (0, 0));
    assert!(bench.send("trace.admin", admin_of_b(), Some("k")).await.is_ok());
}

#[tokio::test(start_paused = true)]
async fn the_side_of_a_partition_is_checked_again_where_it_executes() {
    let bench = Bench::start().await;
    let error = bench.send("trace.decide", admin_of_b(), None).await.unwrap_err();
    assert_eq!((error.code(), error.failures()[0].ran), (&Code::ClusterForming, Ran::No));
    assert_eq!(bench.trace.counts(), (0, 0));
}

#[tokio::test(start_paused = true)]
async fn a_function_is_dropped_at_the_deadline_of_its_caller() {
    let bench = Bench::start().await;
    let begun = Instant::now();
    let error = bench.send("trace.linger", admin_of_b(), None).await.unwrap_err();
    assert_eq!(*error.code(), Code::DistributedTimeout);
    assert_eq!(begun.elapsed().as_secs(), 1, "long before its own time limit");
    assert_eq!(bench.trace.counts(), (1, 1));
}

#[tokio::test(start_paused = true)]
async fn an_answer_from_memory_says_so_over_the_wire() {
    let bench = Bench::start().await;
    let send = || bench.send("trace.admin", admin_of_b(), Some("k"));
    assert!(matches!(send().await, Ok(Reply::Json(_))));
    assert!(matches!(send().await, Ok(Reply::Replayed(_))));
    assert_eq!(bench.trace.counts().0, 1);
}
