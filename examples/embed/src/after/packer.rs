//! Packs orders, of whichever node.

use arsenal_cluster::prelude::ArsenalMessage;
use ractor::{Actor, ActorCell, ActorProcessingErr, ActorRef, RpcReplyPort, pg};

/// The group of the packers of all nodes.
const GROUP: &str = "packers";

/// A packer of the node with this name.
#[derive(Debug)]
pub(crate) struct Packer(pub(crate) String);

/// What a packer is asked, from any node.
#[derive(Debug, ArsenalMessage)]
#[message(cluster)]
pub(crate) enum PackerMessage {
    /// Pack this article; the reply says who did.
    #[rpc]
    Pack(String, RpcReplyPort<String>),
}

impl Actor for Packer {
    type Msg = PackerMessage;
    type State = u64;
    type Arguments = ();

    async fn pre_start(
        &self,
        myself: ActorRef<PackerMessage>,
        (): (),
    ) -> Result<u64, ActorProcessingErr> {
        pg::join(String::from(GROUP), vec![myself.get_cell()]);
        Ok(0)
    }

    async fn handle(
        &self,
        _: ActorRef<PackerMessage>,
        PackerMessage::Pack(article, reply): PackerMessage,
        packed: &mut u64,
    ) -> Result<(), ActorProcessingErr> {
        *packed += 1;
        reply.send(format!("{article} was packed on {}, as its order {packed}", self.0))?;
        Ok(())
    }
}

/// The packers of all nodes.
pub(crate) fn all() -> Vec<ActorCell> {
    pg::get_members(&String::from(GROUP))
}
