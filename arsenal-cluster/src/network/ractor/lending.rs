//! Paths on sessions that the program made by itself. They are used, and never closed.

use std::{sync::Arc, time::Duration};

use ractor::{ActorCell, ActorId, pg::GroupChangeMessage};
use ractor_cluster::node::NodeServerSessionInformation;
use tokio::time::{Instant, sleep};

use super::{
    agent::{agents_of, peer_of_agent},
    core::Core,
    events::begin,
    link::Link,
    message::id_of,
    reason::Reason,
};
use crate::network::PeerId;

/// How often it is looked at which sessions lack a path.
const BEAT: Duration = Duration::from_millis(500);

/// A session of the program is authenticated. The agent of the other side may come later, or never.
pub(super) fn session_ready(core: &Core, session: &NodeServerSessionInformation) {
    if core.tls.is_some() {
        // Who is at its other end did not show us a certificate.
        return;
    }
    core.state().lent.add(id_of(session), session.node_id, Instant::now());
    for (peer, mirror) in agents_of(session.node_id) {
        met(core, peer, &mirror);
    }
    offer(core);
}

/// Agents came or went, somewhere.
pub(super) fn agents_changed(core: &Core, change: GroupChangeMessage) {
    match change {
        GroupChangeMessage::Join(_, group, agents) => {
            let Some(peer) = peer_of_agent(&group) else { return };
            for mirror in agents {
                met(core, peer.clone(), &mirror);
            }
            offer(core);
        }
        GroupChangeMessage::Leave(_, group, agents) => {
            let Some(peer) = peer_of_agent(&group) else { return };
            for mirror in agents {
                left(core, &peer, &mirror);
            }
        }
    }
}

/// Tries what is due, until the task is aborted.
#[expect(clippy::infinite_loop, reason = "it ends when the network aborts it")]
pub(super) async fn keep_offering(core: Arc<Core>) {
    loop {
        if offer(&core) {
            core.wake();
        }
        sleep(BEAT).await;
    }
}

fn met(core: &Core, peer: PeerId, mirror: &ActorCell) {
    if let ActorId::Remote { node_id, .. } = mirror.get_id() {
        let link = |session| Arc::new(Link::lent(mirror.clone(), session));
        core.state().lent.met(node_id, peer, link, Instant::now());
    }
}

fn left(core: &Core, peer: &PeerId, mirror: &ActorCell) {
    if let ActorId::Remote { node_id, .. } = mirror.get_id() {
        let mut state = core.state();
        if let Some(session) = state.lent.left(node_id, peer) {
            state.paths.gone(|link| link.session() == session);
        }
    }
}

/// Begins the paths that are due. True if a session lacks one.
fn offer(core: &Core) -> bool {
    let now = Instant::now();
    let (due, lacks_one) = {
        let mut guard = core.state();
        let state = &mut *guard;
        // Nobody would hear of a path that is up.
        if state.sink.is_none() || state.is_shut {
            return false;
        }
        let due = state.lent.due(|peer| state.paths.has_begun(peer), now);
        let lacks_one = state.lent.observe(|peer| state.paths.outgoing(peer).is_some(), now);
        (due, lacks_one)
    };
    for (peer, link) in due {
        if let Err(refusal) = begin(core, peer, link)
            && let Some(reason) = Reason::of(&refusal)
        {
            core.turned_away.count(reason, None, format_args!(": {refusal}"));
        }
    }
    lacks_one
}
