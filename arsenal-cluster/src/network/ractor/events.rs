//! What the agent does with each message. Only the agent calls the sink, so its calls never overlap.

use std::sync::Arc;

use ractor_cluster::node::NodeServerSessionInformation;
use tokio::{task::JoinSet, time::Instant};

use super::{
    core::{Core, State},
    ended,
    link::Link,
    message::{AgentMessage, id_of, peer_of},
    reason::Reason,
    sessions::Pending,
};
use crate::network::{
    DialError, PeerId, contenders::Drawn, dialling::HANDSHAKE_MAX, greeting::Greeting, note::Note,
    steps::carry_out,
};

pub(super) fn handle(core: &Core, message: AgentMessage) {
    // Another thread may have ended a path: that is told before anything that came later.
    carry_out(core);
    match message {
        AgentMessage::Received { label, body } if Greeting::is_labelled(&label) => {
            match Greeting::decode(&label, &body) {
                Some(greeting) => core.state().paths.greeted(&greeting),
                None => tracing::debug!(label, "a greeting that cannot be read"),
            }
        }
        AgentMessage::Received { label, body } if Note::is_labelled(&label) => {
            match Note::decode(&label, &body) {
                Some((sender, note)) => core.state().paths.noted(&sender, &note, Instant::now()),
                None => tracing::debug!(label, "a note that cannot be read"),
            }
        }
        AgentMessage::Received { label, body } => return deliver(core, &label, body),
        AgentMessage::Opened(session) => opened(core, &session),
        AgentMessage::Proved(session) => {
            if let Some(peer) = peer_of(&session) {
                core.state().sessions.proved(id_of(&session), peer);
            }
        }
        AgentMessage::Ready(session) => ready(core, &session),
        AgentMessage::Gone(session) => ended::gone(core, &session),
        AgentMessage::Wake => return,
        AgentMessage::Unreadable => tracing::debug!("the agent got a message that no agent sends"),
    }
    carry_out(core);
}

/// Frames of no path that is up belong to an old one, and are dropped.
fn deliver(core: &Core, label: &str, body: Vec<u8>) {
    let (sink, from) = {
        let state = core.state();
        (state.sink.clone(), state.paths.sender(label).cloned())
    };
    match (sink, from) {
        (Some(sink), Some(from)) => sink.frame(&from, body.into()),
        _ => tracing::debug!(label, "dropped a frame of an old path"),
    }
}

/// From now on the session has a limited time to become a path.
fn opened(core: &Core, session: &NodeServerSessionInformation) {
    let id = id_of(session);
    let peer_addr = session.peer_addr.parse().ok();
    let mut state = core.state();
    let admitted = peer_addr.and_then(|from| state.sessions.admitted(from));
    let is_stray = session.is_server && admitted.is_none();
    if is_stray || state.is_shut {
        // The node server has a listener of its own, which is of no use to us.
        session.actor.stop(Some(String::from("not through the door")));
        return;
    }
    let (from, dialled) = if session.is_server { (peer_addr, None) } else { (None, peer_addr) };
    let certificate = if session.is_server {
        admitted.and_then(|admitted| admitted.certificate)
    } else {
        let dialling = dialled.and_then(|address| state.wanted.kept_mut(address));
        dialling.and_then(|dialling| dialling.opened(id))
    };
    let late_at = Instant::now() + HANDSHAKE_MAX;
    let mut deadline = JoinSet::new();
    let actor = session.actor.clone();
    let end_when_late = async move {
        tokio::time::sleep_until(late_at).await;
        actor.stop(Some(String::from("no path in time")));
    };
    deadline.spawn_on(end_when_late, core.runtime());
    let (proved, refusal) = (None, None);
    let pending =
        Pending { from, dialled, certificate, proved, refusal, late_at, _deadline: deadline };
    state.sessions.insert(id, pending);
}

/// Both sides proved that they know the secret: the path begins, or the session is refused.
fn ready(core: &Core, session: &NodeServerSessionInformation) {
    let peer = peer_of(session);
    let sink = core.state().sink.clone();
    let holder = peer.as_ref().and_then(|peer| sink?.holder(peer));
    let mut state = core.state();
    if state.is_shut {
        return;
    }
    let begun = match (peer, Link::of(session), holder) {
        (Some(peer), _, _) if !is_certified(core, &mut state, session, &peer) => {
            Err(DialError::CertificateName(peer))
        }
        (Some(peer), Some(link), Some(holder)) => {
            state.paths.refuse_for(holder, peer, Arc::new(link));
            Ok(())
        }
        (Some(peer), Some(link), None) => match draw() {
            Ok(drawn) => state.paths.ready(peer, Arc::new(link), drawn, Instant::now()),
            // Others could guess what the path is called.
            Err(_none) => Err(DialError::NoRandomness),
        },
        _ => Err(DialError::NoAgent),
    };
    let Err(refusal) = begun else { return };
    if session.is_server
        && let Some(reason) = Reason::of(&refusal)
    {
        let from = session.peer_addr.parse().ok();
        core.turned_away.count(reason, from, format_args!(": {refusal}"));
    }
    if let Some(pending) = state.sessions.get_mut(id_of(session)) {
        pending.refusal = Some(refusal);
    }
    session.actor.stop(Some(String::from("refused")));
}

fn draw() -> Result<Drawn, getrandom::Error> {
    Ok(Drawn { secret: getrandom::u64()?, probe: getrandom::u64()? })
}

/// Whether the peer has shown a certificate with its name, or needs none.
fn is_certified(
    core: &Core,
    state: &mut State,
    session: &NodeServerSessionInformation,
    peer: &PeerId,
) -> bool {
    let pending = state.sessions.get_mut(id_of(session));
    let certificate = pending.and_then(|pending| pending.certificate.as_ref());
    core.tls.is_none() || certificate.is_some_and(|certificate| certificate.names(&peer.name))
}
