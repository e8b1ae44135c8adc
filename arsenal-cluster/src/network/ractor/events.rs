//! What the agent does with each message. Only the agent calls the sink, so its calls never overlap.

use std::sync::Arc;

use ractor_cluster::node::NodeServerSessionInformation;
use tokio::{
    task::JoinSet,
    time::{Instant, timeout_at},
};

use super::{
    core::Core,
    ended, lending,
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
    carry_out_after(core, || change(core, message));
}

/// Carries out what a change asks for.
pub(super) fn carry_out_after(core: &Core, change: impl FnOnce()) {
    // Another thread may have ended a path: that is told before anything that came later.
    carry_out(core);
    change();
    carry_out(core);
}

fn change(core: &Core, message: AgentMessage) {
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
        AgentMessage::Received { label, body } => deliver(core, &label, body),
        AgentMessage::Opened(session) => opened(core, &session),
        AgentMessage::Proved(session) => {
            core.state().sessions.proved(id_of(&session), peer_of(&session));
        }
        AgentMessage::Ready(session) => ready(core, &session),
        AgentMessage::Gone(session) => ended::gone(core, &session),
        AgentMessage::Wake => {}
        AgentMessage::Unreadable => tracing::debug!("the agent got a message that no agent sends"),
    }
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
    let admitted = peer_addr.filter(|_| session.is_server);
    let admitted = admitted.and_then(|from| state.sessions.admitted(from));
    let dialled = peer_addr.filter(|_| !session.is_server);
    let dialled = dialled.filter(|address| state.sessions.was_dialled(*address, Instant::now()));
    let is_ours = admitted.is_some() || dialled.is_some();
    if !is_ours && core.server.is_given {
        // It is the program's.
        return;
    }
    if !is_ours || state.is_shut {
        // The node server has a listener of its own, which is of no use to us.
        session.actor.stop(Some(String::from("not through the door")));
        return;
    }
    let from = if session.is_server { peer_addr } else { None };
    let certificate = match dialled {
        None => admitted.and_then(|admitted| admitted.certificate),
        Some(address) => state.wanted.kept_mut(address).and_then(|dialling| dialling.opened(id)),
    };
    let late_at = Instant::now() + HANDSHAKE_MAX;
    let mut deadline = JoinSet::new();
    let actor = session.actor.clone();
    let mut shut = core.when_shut();
    let end_when_late = async move {
        // Late or shut: it will not be a path.
        drop(timeout_at(late_at, shut.wait_for(|is_shut| *is_shut)).await);
        actor.stop(Some(String::from("no path in time")));
    };
    deadline.spawn_on(end_when_late, core.runtime());
    let (is_proved, peer, refusal) = (false, None, None);
    let pending =
        Pending { from, dialled, certificate, is_proved, peer, refusal, late_at, deadline };
    state.sessions.insert(id, pending);
}

/// Both sides proved that they know the secret: the path begins, or the session is refused.
fn ready(core: &Core, session: &NodeServerSessionInformation) {
    let is_ours = {
        let state = core.state();
        if state.is_shut {
            return;
        }
        state.sessions.is_pending(id_of(session))
    };
    if !is_ours && core.server.is_given {
        return lending::session_ready(core, session);
    }
    let begun = match Link::of(session) {
        Some((peer, _)) if !is_certified(core, session, &peer) => {
            Err(DialError::CertificateName(peer))
        }
        Some((peer, link)) => begin(core, peer, Arc::new(link)),
        None => Err(DialError::NoAgent),
    };
    let Err(refusal) = begun else { return };
    if session.is_server
        && let Some(reason) = Reason::of(&refusal)
    {
        let from = session.peer_addr.parse().ok();
        core.turned_away.count(reason, from, format_args!(": {refusal}"));
    }
    if let Some(pending) = core.state().sessions.get_mut(id_of(session)) {
        pending.refusal = Some(refusal);
    }
    session.actor.stop(Some(String::from("refused")));
}

/// Begins a path to this peer, or says why there will be none.
pub(super) fn begin(core: &Core, peer: PeerId, link: Arc<Link>) -> Result<(), DialError> {
    let sink = core.state().sink.clone();
    let holder = sink.and_then(|sink| sink.holder(&peer));
    let mut state = core.state();
    if state.is_shut {
        return Ok(());
    }
    match (holder, draw()) {
        (Some(holder), _) => state.paths.refuse_for(holder, peer, link),
        (None, Ok(drawn)) => return state.paths.ready(peer, link, drawn, Instant::now()),
        // Others could guess what the path is called.
        (None, Err(_none)) => return Err(DialError::NoRandomness),
    }
    Ok(())
}

fn draw() -> Result<Drawn, getrandom::Error> {
    Ok(Drawn { secret: getrandom::u64()?, probe: getrandom::u64()? })
}

/// Whether the peer has shown a certificate with its name, or needs none.
fn is_certified(core: &Core, session: &NodeServerSessionInformation, peer: &PeerId) -> bool {
    let mut state = core.state();
    let pending = state.sessions.get_mut(id_of(session));
    let certificate = pending.and_then(|pending| pending.certificate.as_ref());
    core.tls.is_none() || certificate.is_some_and(|certificate| certificate.names(&peer.name))
}
