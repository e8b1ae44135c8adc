//! Actors that hand messages on to others, on other nodes too, over ractor itself: they find each other by
//! process groups.

use std::time::Duration;

use arsenal_cluster::prelude::*;
use ractor::{Actor, ActorProcessingErr, ActorRef, RpcReplyPort, pg};
use tokio::time::sleep;

/// An actor that hands messages on.
#[blueprint]
fn relay(
    /// The group that it joins.
    #[param(default = "")]
    joins: String,
    /// The group whose first member it hands messages on to.
    #[param(default = "")]
    next: String,
) -> Child {
    Child::actor(Relay, Ends { joins, next })
}

/// What it understands.
#[derive(ArsenalMessage, Debug)]
#[message(json, cluster, show)]
enum RelayMessage {
    /// Hands a text on, as far as there is a next one.
    Pass(String),
    /// Asks the next one, and so on; the last one answers how long the text is.
    Ask(String, RpcReplyPort<u64>),
    /// Asks how many members the next group has.
    Reach(RpcReplyPort<u64>),
    /// Takes a while.
    Rest(u64),
}

/// Where it gets messages from and hands them on to.
struct Ends {
    joins: String,
    next: String,
}

struct Relay;

impl Actor for Relay {
    type Msg = RelayMessage;
    type State = Ends;
    type Arguments = Ends;

    async fn pre_start(
        &self,
        myself: ActorRef<RelayMessage>,
        ends: Ends,
    ) -> Result<Ends, ActorProcessingErr> {
        if !ends.joins.is_empty() {
            pg::join(ends.joins.clone(), vec![myself.get_cell()]);
        }
        Ok(ends)
    }

    async fn handle(
        &self,
        _: ActorRef<RelayMessage>,
        message: RelayMessage,
        ends: &mut Ends,
    ) -> Result<(), ActorProcessingErr> {
        let members = pg::get_members(&ends.next);
        match (message, members.first()) {
            (RelayMessage::Pass(_), None) => {}
            (RelayMessage::Pass(text), Some(next)) => {
                next.send_message(RelayMessage::Pass(text))?;
            }
            (RelayMessage::Ask(text, reply), None) => {
                let length = u64::try_from(text.len())?;
                reply.send(length)?;
            }
            (RelayMessage::Ask(text, reply), Some(next)) => {
                next.send_message(RelayMessage::Ask(text, reply))?;
            }
            (RelayMessage::Reach(reply), _) => {
                let count = u64::try_from(members.len())?;
                reply.send(count)?;
            }
            (RelayMessage::Rest(ms), _) => sleep(Duration::from_millis(ms)).await,
        }
        Ok(())
    }
}
