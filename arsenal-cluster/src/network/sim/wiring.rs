//! What the steps of paths do to simulated sessions.

use std::sync::Arc;

use super::{
    core::{Core, Link},
    dial::Stage,
    parcel::Parcel,
};
use crate::network::{
    DialError, Sink, greeting::Greeting, note::Note, paths::Dialled as _, paths::Step,
    steps::Wiring,
};

impl Wiring for Core {
    type Link = Link;

    fn next_step(&self) -> Option<Step<Link>> {
        let mut state = self.state();
        let step = state.paths.next_step()?;
        if let Step::Up(peer, link) = &step
            && let Some(address) = link.dialled()
        {
            state.wanted.found(address, &peer.id);
        }
        Some(step)
    }

    fn sink(&self) -> Option<Arc<dyn Sink>> {
        self.state().sink.clone()
    }

    fn greet(&self, link: &Link, greeting: Greeting) {
        self.post(link.to, &Parcel::Greeting { session: link.session, greeting });
    }

    fn tell(&self, link: &Link, note: Note) {
        let sender = self.me.id.clone();
        self.post(link.to, &Parcel::Note { session: link.session, sender, note });
    }

    fn explain(&self, link: &Link, why: DialError) {
        self.came_to(link.session, Stage::Over(why));
    }

    /// What was explained before stands.
    fn close(&self, link: &Link) {
        self.post(link.to, &Parcel::Closed { session: link.session });
        self.came_to(link.session, Stage::Over(DialError::HandshakeClosed));
    }

    fn note_change(&self) {
        self.announce();
    }
}
