//! Counters around actors, unseen in their types.
//!
//! [`Instrumented`] is wrapped around an actor where it is spawned: it counts what is handled, measures
//! handlers, notices failures, and lets operations pause the actor and see its state.
//! `#[derive(ArsenalMessage)]` on the type of its messages counts them where they are sent, so that it is
//! known how many wait. Either works without the other.

pub(crate) mod clock;
mod control;
#[cfg(test)]
mod edge_tests;
mod factory;
#[cfg(test)]
mod factory_tests;
mod failing;
mod handled;
mod histogram;
mod history;
mod home;
mod instrumented;
mod local;
mod panics;
mod parcel;
mod record;
pub(crate) mod records;
mod send_times;
mod spawning;
#[cfg(test)]
pub(crate) mod tests;
mod type_names;

#[cfg(test)]
pub(crate) use self::home::AtHome;
pub(crate) use self::{
    factory::factory_counters,
    history::{End, Ended, History},
    home::Home,
    panics::shortened,
    parcel::Arrival,
    record::{Counts, Flag, Record},
    type_names::short_type,
};
pub use factory::{CountedFactory, FactoryCounters};
pub use instrumented::Instrumented;
pub use local::InstrumentedLocal;
#[doc(hidden)]
pub use parcel::{box_message, from_boxed};
pub use spawning::{SpawnInstrumented, SpawnInstrumentedLocal, Spawned, SpawnedInstantly};

/// A simulated node has ended: nothing that was counted there is asked for any more.
pub(crate) fn forget(home: Home) {
    History::forget(home);
    factory::forget(home);
}
