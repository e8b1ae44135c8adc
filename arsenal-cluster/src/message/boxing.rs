//! How a message gets into a mailbox and out of it: both ends of every local send.

use ractor::{
    ActorId, Message,
    message::{BoxedDowncastErr, BoxedMessage, SerializedMessage},
};

use super::ArsenalMessage;

/// What derived messages do when they are sent.
pub fn box_message<M: ArsenalMessage>(
    message: M,
    pid: &ActorId,
) -> Result<BoxedMessage, BoxedDowncastErr> {
    Parcel(message).box_message(pid)
}

/// What derived messages do when they are received.
pub fn from_boxed<M: ArsenalMessage>(boxed: BoxedMessage) -> Result<M, BoxedDowncastErr> {
    Parcel::from_boxed(boxed).map(|Parcel(message)| message)
}

/// A message on its way. ractor boxes only what has the boxing of its own.
struct Parcel<M>(M);

impl<M: ArsenalMessage> Message for Parcel<M> {
    fn serializable() -> bool {
        M::serializable()
    }

    fn serialize(self) -> Result<SerializedMessage, BoxedDowncastErr> {
        self.0.serialize()
    }

    fn deserialize(message: SerializedMessage) -> Result<Self, BoxedDowncastErr> {
        M::deserialize(message).map(Self)
    }
}
