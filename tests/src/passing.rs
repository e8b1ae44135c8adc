//! Actors from a blueprint that end by themselves after a moment.

use std::time::Duration;

use arsenal_cluster::prelude::*;
use ractor::{Actor, ActorProcessingErr, ActorRef};

/// How long one of them lives.
const LIFE: Duration = Duration::from_millis(100);

/// An actor that ends by itself after a moment.
#[blueprint]
fn passing(
    /// Whether it fails then.
    fails: bool,
) -> Child {
    Child::actor(Passing, fails)
}

struct Passing;

/// Its time is over.
#[derive(ArsenalMessage, Debug)]
struct Over;

impl Actor for Passing {
    type Msg = Over;
    type State = bool;
    type Arguments = bool;

    async fn pre_start(
        &self,
        myself: ActorRef<Over>,
        fails: bool,
    ) -> Result<bool, ActorProcessingErr> {
        myself.send_after(LIFE, || Over);
        Ok(fails)
    }

    async fn handle(
        &self,
        myself: ActorRef<Over>,
        Over: Over,
        fails: &mut bool,
    ) -> Result<(), ActorProcessingErr> {
        if *fails {
            return Err("its time is over".into());
        }
        myself.stop(None);
        Ok(())
    }
}
