//! What the steps of paths do to sessions.

use std::sync::Arc;

use super::{core::Core, link::Link, reason::Reason};
use crate::network::{
    DialError, Sink,
    greeting::Greeting,
    note::Note,
    paths::{Dialled as _, Step},
    steps::Wiring,
};

impl Wiring for Core {
    type Link = Arc<Link>;

    fn next_step(&self) -> Option<Step<Arc<Link>>> {
        let mut state = self.state();
        let step = state.paths.next_step()?;
        if let Step::Up(peer, link) = &step {
            drop(state.sessions.remove(link.session()));
            if let Some(address) = link.dialled() {
                state.wanted.found(address, &peer.id);
            }
        }
        Some(step)
    }

    fn sink(&self) -> Option<Arc<dyn Sink>> {
        self.state().sink.clone()
    }

    fn greet(&self, link: &Arc<Link>, greeting: Greeting) {
        let (label, body) = greeting.encode();
        if link.send(label, body).is_err() {
            tracing::debug!("a session ended before it was greeted");
        }
    }

    fn tell(&self, link: &Arc<Link>, note: Note) {
        let (label, body) = note.encode(&self.me.id);
        if link.send(label, body).is_err() {
            tracing::debug!("a session ended before it was told something");
        }
    }

    /// An accepted one is counted; who dialled it hears why.
    fn refuse(&self, link: &Arc<Link>, why: DialError) {
        if link.dialled().is_none()
            && let Some(reason) = Reason::of(&why)
        {
            let from = self.state().sessions.get_mut(link.session()).and_then(|it| it.from);
            self.turned_away.count(reason, from, format_args!(": {why}"));
        }
        self.explain(link, why);
    }

    fn explain(&self, link: &Arc<Link>, why: DialError) {
        if let Some(pending) = self.state().sessions.get_mut(link.session()) {
            pending.refusal = Some(why);
        }
    }

    fn close(&self, link: &Arc<Link>) {
        link.close();
    }

    fn note_change(&self) {
        self.announce();
    }
}
