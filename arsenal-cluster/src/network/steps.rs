//! Carrying out what the paths ask for: one order, whatever the links are made of.

use std::sync::Arc;

use super::{
    DialError, Sink,
    greeting::Greeting,
    note::Note,
    paths::{Dialled, Step},
};

/// A network, as the steps of its paths need it.
pub(super) trait Wiring {
    type Link: Dialled;

    /// The next step. A path that comes up is not on its way any more.
    fn next_step(&self) -> Option<Step<Self::Link>>;

    /// Who hears of it, until the network ends.
    fn sink(&self) -> Option<Arc<dyn Sink>>;

    fn greet(&self, link: &Self::Link, greeting: Greeting);

    fn tell(&self, link: &Self::Link, note: Note);

    /// Why a link will not become a path. Whoever dialled it hears so when it ends.
    fn explain(&self, link: &Self::Link, why: DialError);

    /// This node refuses the newcomer on a link.
    fn refuse(&self, link: &Self::Link, why: DialError) {
        self.explain(link, why);
    }

    fn close(&self, link: &Self::Link);

    /// A path came up or went.
    fn note_change(&self);
}

/// Carries out one step after the other, without the lock of the paths.
pub(super) fn carry_out(wiring: &impl Wiring) {
    while let Some(step) = wiring.next_step() {
        match step {
            Step::Greet(link, greeting) => wiring.greet(&link, greeting),
            Step::Tell(link, note) => wiring.tell(&link, note),
            Step::Refuse(link, newcomer, holder) => {
                wiring.tell(&link, Note::Held(holder.clone()));
                wiring.refuse(&link, DialError::NameHeld(holder.clone()));
                wiring.sink().inspect(|sink| sink.refused(&newcomer, &holder));
            }
            Step::Refused(link, why) => {
                if let (DialError::NameHeld(holder), Some(sink)) = (&why, wiring.sink()) {
                    sink.name_held(holder);
                }
                wiring.explain(&link, why);
                wiring.close(&link);
            }
            Step::Close(link) => wiring.close(&link),
            Step::Up(peer, _) => {
                wiring.note_change();
                wiring.sink().inspect(|sink| sink.up(&peer));
            }
            Step::Down(peer, why) => {
                wiring.note_change();
                wiring.sink().inspect(|sink| sink.down(&peer, why));
            }
        }
    }
}
