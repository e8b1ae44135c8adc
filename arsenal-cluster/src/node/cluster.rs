//! A node as its operations use the cluster: the view that they plan with, and calls to other nodes.

use std::{
    sync::{Arc, PoisonError},
    time::Duration,
};

use arsenal_core::{
    context::NodeContext,
    error::OperationError,
    membership::{CallError, Cluster, MembershipView, Named, PeerStream},
    name::NodeName,
};
use bytes::Bytes;
use futures_util::{StreamExt as _, future::BoxFuture};
use tokio::time::Instant;

use super::{NodeRuntime, owner::node_of};
use crate::{endpoint::Endpoint, membership::Members, network::PeerId, uptime::Reading};

/// What requests plan with, and how long the verdict in it holds.
#[derive(Clone)]
pub(super) struct Leased {
    pub(super) view: Arc<MembershipView>,
    pub(super) expires_at: Instant,
    /// When the machine was seen awake last. If it has slept since, the verdict has expired.
    pub(super) read_at: Reading,
}

impl Leased {
    /// Whether its verdict was renewed in time, by both clocks.
    fn holds(&self, now: &Reading) -> bool {
        now.instant() + now.slept_since(&self.read_at) <= self.expires_at
    }
}

impl Cluster for NodeRuntime {
    /// A view whose verdict has expired is renewed first: the node may have been paused, and the
    /// cluster have gone on without it.
    fn view(&self) -> Arc<MembershipView> {
        let leased = self.leased();
        if leased.holds(&Reading::of(&self.uptime)) {
            return leased.view;
        }
        self.change(Members::tick);
        self.leased().view
    }

    fn call(
        &self,
        node: &NodeName,
        envelope: Bytes,
        timeout: Duration,
    ) -> BoxFuture<'static, Result<Bytes, CallError>> {
        let Some((endpoint, peer)) = self.reach(node) else {
            return Box::pin(std::future::ready(Err(CallError::Unavailable)));
        };
        Box::pin(async move { endpoint.call(&peer, envelope, timeout).await })
    }

    fn open(
        &self,
        node: &NodeName,
        envelope: Bytes,
        timeout: Duration,
    ) -> BoxFuture<'static, Result<PeerStream, CallError>> {
        let Some((endpoint, peer)) = self.reach(node) else {
            return Box::pin(std::future::ready(Err(CallError::Unavailable)));
        };
        Box::pin(async move {
            let incoming = endpoint.open(&peer, envelope, timeout).await?;
            Ok(incoming.boxed())
        })
    }

    fn owner(
        &self,
        context: NodeContext,
        named: Named,
    ) -> BoxFuture<'static, Result<NodeName, OperationError>> {
        Box::pin(node_of(context, named))
    }
}

impl NodeRuntime {
    /// Changes the members and publishes the view that follows, before anybody else can.
    pub(super) fn change(&self, change: impl FnOnce(&mut Members, Instant)) {
        let mut members = self.members();
        let read_at = Reading::of(&self.uptime);
        let now = read_at.instant();
        members.slept(read_at.slept_since(&self.leased().read_at), now);
        change(&mut members, now);
        // Written on the next beat, or by whoever chose them: nobody waits for a disk here.
        self.voter_store.goes_by(members.electorate());
        for change in members.take_changes() {
            change.log();
            self.events.push(change, self.clock.at(now));
        }
        let view = Arc::new(members.view(|instant| self.clock.at(instant)));
        let expires_at = members.holds_until();
        *self.view.write().unwrap_or_else(PoisonError::into_inner) =
            Leased { view, expires_at, read_at };
    }

    fn leased(&self) -> Leased {
        self.view.read().unwrap_or_else(PoisonError::into_inner).clone()
    }

    /// What reaches another node, as it was started last.
    fn reach(&self, node: &NodeName) -> Option<(Arc<Endpoint>, PeerId)> {
        let generation = self.members().others().get(node)?.generation;
        Some((self.endpoint()?, PeerId { name: node.clone(), generation }))
    }
}
