//! The `arsenal` program with an actor that starts as many others as it is told: a sandbox starts at most
//! 10,000.

use arsenal_cluster::{instrument::SpawnInstrumented as _, prelude::*};
use ractor::{Actor, ActorProcessingErr, ActorRef};

/// Members started before others get their turn.
const STARTED_IN_A_ROW: u32 = 64;

fn main() -> std::process::ExitCode {
    arsenal_server::run()
}

/// An actor that supervises so many others, each of which has handled one message.
#[blueprint]
fn crowd(
    /// How many.
    size: u32,
) -> Child {
    Child::actor(Crowd, size)
}

struct Crowd;

struct Member;

#[derive(ArsenalMessage)]
struct Nothing;

impl Actor for Crowd {
    type Msg = Nothing;
    type State = ();
    type Arguments = u32;

    async fn pre_start(&self, me: ActorRef<Nothing>, size: u32) -> Result<(), ActorProcessingErr> {
        for number in 0..size {
            let above = me.get_cell();
            let (member, _) = Member::spawn_linked_instrumented(None, Member, (), above).await?;
            member.cast(Nothing)?;
            if number % STARTED_IN_A_ROW == 0 {
                tokio::task::yield_now().await;
            }
        }
        Ok(())
    }
}

impl Actor for Member {
    type Msg = Nothing;
    type State = ();
    type Arguments = ();

    async fn pre_start(&self, _: ActorRef<Nothing>, (): ()) -> Result<(), ActorProcessingErr> {
        Ok(())
    }
}
