//! Counts what a node took in. Of no concern to other nodes.

use ractor::{Actor, ActorProcessingErr, ActorRef, RpcReplyPort};
use ractor_cluster::RactorMessage;

/// Keeps the count.
#[derive(Debug)]
pub struct Tally;

/// What the count is asked.
#[derive(Debug, RactorMessage)]
pub enum TallyMessage {
    /// An order came in.
    Ordered,
    /// How many came in?
    Count(RpcReplyPort<u64>),
}

impl Actor for Tally {
    type Msg = TallyMessage;
    type State = u64;
    type Arguments = ();

    async fn pre_start(
        &self,
        _: ActorRef<TallyMessage>,
        (): (),
    ) -> Result<u64, ActorProcessingErr> {
        Ok(0)
    }

    async fn handle(
        &self,
        _: ActorRef<TallyMessage>,
        message: TallyMessage,
        count: &mut u64,
    ) -> Result<(), ActorProcessingErr> {
        match message {
            TallyMessage::Ordered => *count += 1,
            TallyMessage::Count(reply) => reply.send(*count)?,
        }
        Ok(())
    }
}
