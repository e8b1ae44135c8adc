//! A cluster whose other nodes answer by script, for the tests of what asks several nodes.

use std::{collections::BTreeSet, future::ready, sync::Arc, time::Duration};

use bytes::Bytes;
use futures_util::future::BoxFuture;
use tokio::time::sleep;

use crate::{
    context::{NodeContext, NodeParts, Services},
    envelope::Envelope,
    error::OperationError,
    membership::{
        CallError, Cluster, Member, MembershipView, Mode, Named, NodeStatus, PeerStream, Quorum,
        Verdict,
    },
    name::NodeName,
    registry::Registry,
};

/// What became of a call.
pub(crate) type Sent = BoxFuture<'static, Result<Bytes, CallError>>;

/// What became of a stream.
pub(crate) type Opening = BoxFuture<'static, Result<PeerStream, CallError>>;

type Script<T> = dyn Fn(&NodeName, Envelope, Duration) -> T + Send + Sync;

/// The nodes around `a`, on which the test runs.
struct ScriptedCluster {
    view: Arc<MembershipView>,
    script: Box<Script<Sent>>,
    open: Box<Script<Opening>>,
}

impl Cluster for ScriptedCluster {
    fn view(&self) -> Arc<MembershipView> {
        Arc::clone(&self.view)
    }

    fn call(&self, node: &NodeName, envelope: Bytes, timeout: Duration) -> Sent {
        (self.script)(node, Envelope::decode(envelope).unwrap(), timeout)
    }

    fn open(&self, node: &NodeName, envelope: Bytes, timeout: Duration) -> Opening {
        (self.open)(node, Envelope::decode(envelope).unwrap(), timeout)
    }
}

/// A context of node `a`, whose deadline is `time` away. `others` are names; one that starts with
/// `-` is down.
pub(crate) fn context(
    others: &[&str],
    time: Duration,
    script: impl Fn(&NodeName, Envelope, Duration) -> Sent + Send + Sync + 'static,
) -> NodeContext {
    context_of(Registry::default(), others, time, script)
}

/// The same on a node that has operations.
pub(crate) fn context_of(
    registry: Registry,
    others: &[&str],
    time: Duration,
    script: impl Fn(&NodeName, Envelope, Duration) -> Sent + Send + Sync + 'static,
) -> NodeContext {
    let open = |_: &NodeName, _, _| -> Opening { Box::pin(ready(Err(CallError::Unavailable))) };
    scripted(registry, others, time, Box::new(script), Box::new(open))
}

/// A context as that of [`context`], whose other nodes give streams.
pub(crate) fn streaming_context(
    others: &[&str],
    time: Duration,
    open: impl Fn(&NodeName, Envelope, Duration) -> Opening + Send + Sync + 'static,
) -> NodeContext {
    let script = |_: &NodeName, _, _| -> Sent { Box::pin(ready(Err(CallError::Unavailable))) };
    scripted(Registry::default(), others, time, Box::new(script), Box::new(open))
}

fn scripted(
    registry: Registry,
    others: &[&str],
    time: Duration,
    script: Box<Script<Sent>>,
    open: Box<Script<Opening>>,
) -> NodeContext {
    let members: Vec<Member> =
        std::iter::once("a").chain(others.iter().copied()).map(member).collect();
    let names = |up: bool| -> BTreeSet<NodeName> {
        let of = members.iter().filter(|member| member.status.is_callable() == up);
        of.map(|member| member.name.clone()).collect()
    };
    let quorum = Quorum {
        verdict: Verdict::Majority,
        live: names(true),
        expected: members.iter().map(|member| member.name.clone()).collect(),
        missing: names(false),
        since: String::from("1970-01-01T00:00:00Z"),
    };
    let me: NodeName = "a".parse().unwrap();
    let view = Arc::new(MembershipView { me: me.clone(), members, left: BTreeSet::new(), quorum });
    let cluster = Arc::new(ScriptedCluster { view, script, open });
    let (registry, services) = (Arc::new(registry), Services::default());
    Arc::new(NodeParts::new(me, cluster, registry, services, Mode::Cluster)).own_context(time)
}

/// Who owns what, see [`Cluster::owner`].
pub(crate) type Owner = BoxFuture<'static, Result<NodeName, OperationError>>;

/// The same context in a cluster that knows owners.
pub(crate) fn with_owners(
    context: NodeContext,
    owner: impl Fn(NodeContext, String) -> Owner + Send + Sync + 'static,
) -> NodeContext {
    let NodeContext { node, invocation } = context;
    let cluster =
        Arc::new(WithOwners { around: Arc::clone(&node.cluster), owner: Box::new(owner) });
    let (name, registry) = (node.name.clone(), Arc::clone(&node.registry));
    let parts = NodeParts::new(name, cluster, registry, Services::default(), Mode::Cluster);
    NodeContext::new(Arc::new(parts), invocation)
}

struct WithOwners {
    around: Arc<dyn Cluster>,
    owner: Box<dyn Fn(NodeContext, String) -> Owner + Send + Sync>,
}

impl Cluster for WithOwners {
    fn view(&self) -> Arc<MembershipView> {
        self.around.view()
    }

    fn call(&self, node: &NodeName, envelope: Bytes, timeout: Duration) -> Sent {
        self.around.call(node, envelope, timeout)
    }

    fn open(&self, node: &NodeName, envelope: Bytes, timeout: Duration) -> Opening {
        self.around.open(node, envelope, timeout)
    }

    fn owner(&self, context: NodeContext, named: Named) -> Owner {
        (self.owner)(context, named.text)
    }
}

/// The members of a context, as a fan-out is given them.
pub(crate) fn members(context: &NodeContext) -> Vec<Member> {
    context.membership().members.clone()
}

/// A call to a node that never answers.
pub(crate) fn hung(timeout: Duration) -> Sent {
    Box::pin(async move {
        sleep(timeout).await;
        Err(CallError::TimedOut)
    })
}

fn member(name: &str) -> Member {
    let status = if name.starts_with('-') { NodeStatus::Down } else { NodeStatus::Up };
    Member { name: name.trim_start_matches('-').parse().unwrap(), generation: 1, status }
}
