//! What other nodes reach on this one: the agent that runs their invocations.

#[cfg(test)]
#[path = "agent_tests.rs"]
mod tests;

use std::{net::SocketAddr, sync::Arc, time::Duration};

use arsenal_core::{
    authorize::authorize,
    context::{Invocation, NodeContext, NodeParts},
    envelope::{Envelope, encode_answer, encode_stream, schema_digest},
    error::{Code, OperationError},
    execution::{Execution, execute},
    membership::Cluster as _,
    partition::admit,
    telemetry::{TraceContext, refused},
};
use bytes::Bytes;
use futures_util::{FutureExt as _, future::BoxFuture, stream::BoxStream};
use tokio::time::Instant;

use crate::{
    endpoint::Handler,
    network::{Down, Peer, PeerId},
    node::NodeRuntime,
};

/// Serves the endpoint of a node.
pub(crate) struct Agent {
    pub(crate) parts: Arc<NodeParts>,
    pub(crate) runtime: Arc<NodeRuntime>,
}

impl Agent {
    /// Begins what a peer asks for. What is refused here did not run, and the entry node says so.
    fn run(
        &self,
        from: &PeerId,
        body: Bytes,
        time_left: Duration,
    ) -> Result<Execution, OperationError> {
        self.begin(from, body, time_left).map_err(|error| error.refused_by(self.parts.name.clone()))
    }

    fn begin(
        &self,
        from: &PeerId,
        body: Bytes,
        time_left: Duration,
    ) -> Result<Execution, OperationError> {
        let envelope = Envelope::decode(body).map_err(|error| {
            let detail = format!("node `{from}` sent what this node cannot read: {error}");
            OperationError::new(Code::Malformed, detail)
        })?;
        let spec = self.parts.registry.get(&envelope.operation).ok_or_else(|| {
            let detail = format!("this node has no operation `{}`", envelope.operation);
            OperationError::not_found(detail).suggest("run the same version on every node")
        })?;
        authorize(spec, &envelope.principal)
            .and_then(|()| admit(spec, &self.runtime.view().quorum))
            .inspect_err(|error| refused(&self.parts, spec, &envelope.request_id, error))?;
        if envelope.schema_digest != schema_digest(spec) {
            tracing::debug!(%from, operation = spec.name, "another version of the operation");
        }
        let time_left = time_left.min(Duration::from_millis(envelope.time_left_ms));
        let deadline = Instant::now() + time_left.min(spec.timeout);
        let invocation = Invocation {
            is_from_peer: true,
            idempotency_key: envelope.idempotency_key,
            last_event_id: envelope.last_event_id,
            trace: TraceContext::of_request(envelope.trace_context.as_deref().map(str::as_bytes)),
            ..Invocation::new(envelope.principal, envelope.request_id, deadline)
        };
        let context = NodeContext::new(Arc::clone(&self.parts), invocation);
        Ok(execute(spec, context, envelope.arguments.borrowed()))
    }
}

impl Handler for Agent {
    fn call(&self, from: &PeerId, body: Bytes, time_left: Duration) -> BoxFuture<'static, Bytes> {
        match self.run(from, body, time_left) {
            Ok(running) => Box::pin(async move { encode_answer(running.await) }),
            Err(refused) => Box::pin(std::future::ready(encode_answer(Err(refused)))),
        }
    }

    fn open(&self, from: &PeerId, body: Bytes, time_left: Duration) -> BoxStream<'static, Bytes> {
        match self.run(from, body, time_left) {
            Ok(running) => Box::pin(running.map(encode_stream).flatten_stream()),
            Err(refused) => encode_stream(Err(refused)),
        }
    }

    fn reply_too_large(&self) -> Bytes {
        let error = OperationError::new(
            Code::Internal,
            "the answer is too large to be sent from node to node",
        );
        encode_answer(Err(error.suggest("ask for less, or ask that node directly")))
    }

    fn up(&self, peer: &Peer) {
        tracing::info!(peer = %peer.id, "peer up");
        self.runtime.path_up(peer);
    }

    fn down(&self, peer: &PeerId, why: Down) {
        tracing::info!(%peer, ?why, "peer down");
        self.runtime.path_down(peer, why);
    }

    fn datagram(&self, from: SocketAddr, bytes: Bytes) {
        self.runtime.datagram(from, bytes);
    }

    fn holder(&self, newcomer: &PeerId) -> Option<PeerId> {
        self.runtime.holder(newcomer)
    }

    fn refused(&self, newcomer: &PeerId, holder: &PeerId) {
        self.runtime.refused(newcomer, holder);
    }

    fn name_held(&self, holder: &PeerId) {
        self.runtime.name_held(holder);
    }
}
