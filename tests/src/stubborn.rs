//! An actor that does not do what it is told.

use std::future::pending;

use arsenal_cluster::prelude::*;
use ractor::{Actor, ActorProcessingErr, ActorRef};
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

/// The ways to be stubborn.
#[derive(Debug, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "snake_case")]
pub(crate) enum Way {
    /// Its start fails.
    RefusesToStart,
    /// Its start does not end.
    NeverStarts,
    /// It is busy for ever, so that it never gets to stop.
    NeverStops,
}

/// An actor that does not do what it is told.
#[blueprint]
fn stubborn(
    /// In which way.
    how: Way,
) -> Child {
    Child::actor(Stubborn, how)
}

#[derive(Debug)]
struct Stubborn;

impl Actor for Stubborn {
    type Msg = ();
    type State = ();
    type Arguments = Way;

    async fn pre_start(&self, myself: ActorRef<()>, how: Way) -> Result<(), ActorProcessingErr> {
        match how {
            Way::RefusesToStart => Err("it does not want to".into()),
            Way::NeverStarts => pending().await,
            Way::NeverStops => Ok(myself.cast(())?),
        }
    }

    async fn handle(&self, _: ActorRef<()>, (): (), (): &mut ()) -> Result<(), ActorProcessingErr> {
        pending().await
    }
}
