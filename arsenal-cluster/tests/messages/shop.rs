//! An actor whose messages have every form.

use arsenal_cluster::message::{MessageError, MessageJson, MessageSpec, Reply, message_spec};
use arsenal_cluster::prelude::*;
use ractor::{Actor, ActorCell, ActorProcessingErr, ActorRef, RpcReplyPort};

/// What a shop understands.
#[derive(ArsenalMessage, Debug)]
#[message(json, show)]
pub(crate) enum ShopMessage {
    /// Counts what came in.
    Add(i64),
    /// Moves things.
    MoveTo {
        /// How many.
        count: u8,
        #[serde(default, rename = "where")]
        place: Option<String>,
    },
    SetBoth(u8, Vec<bool>),
    /// Asks for the number.
    ///
    /// It is answered at once.
    Get(RpcReplyPort<i64>),
    Price(String, RpcReplyPort<Result<u32, String>>),
    Compare {
        other: i64,
        answer: RpcReplyPort<bool>,
    },
    /// Forgets who asks.
    Forget(RpcReplyPort<()>),
    Fail,
    #[message(skip)]
    #[expect(dead_code, reason = "only known")]
    Internal(ActorCell),
}

pub(crate) struct Shop;

impl Actor for Shop {
    type Msg = ShopMessage;
    type State = i64;
    type Arguments = i64;

    async fn pre_start(
        &self,
        _: ActorRef<ShopMessage>,
        start: i64,
    ) -> Result<i64, ActorProcessingErr> {
        Ok(start)
    }

    async fn handle(
        &self,
        myself: ActorRef<ShopMessage>,
        message: ShopMessage,
        count: &mut i64,
    ) -> Result<(), ActorProcessingErr> {
        match message {
            ShopMessage::Add(more) => *count += more,
            ShopMessage::MoveTo { count: moved, place } => {
                *count -= if place.is_some() { i64::from(moved) } else { 0 };
            }
            ShopMessage::SetBoth(number, flags) => {
                *count = i64::from(number) + i64::try_from(flags.len())?;
            }
            ShopMessage::Get(reply) => reply.send(*count)?,
            ShopMessage::Price(item, reply) => reply.send(Err(format!("no {item}")))?,
            ShopMessage::Compare { other, answer } => answer.send(other == *count)?,
            ShopMessage::Forget(reply) => drop(reply),
            ShopMessage::Fail => return Err("asked to".into()),
            ShopMessage::Internal(other) => drop((myself, other)),
        }
        Ok(())
    }
}

pub(crate) fn spec() -> &'static MessageSpec {
    message_spec(std::any::TypeId::of::<ShopMessage>()).expect("it derives ArsenalMessage")
}

fn way() -> MessageJson {
    spec().json.expect("it offers JSON")
}

pub(crate) async fn open(start: i64) -> ActorCell {
    Actor::spawn(None, Shop, start).await.expect("a shop opens").0.get_cell()
}

pub(crate) fn send(shop: &ActorCell, json: &str) -> Result<(), MessageError> {
    (way().send)(shop, json.as_bytes())
}

pub(crate) fn begin(shop: &ActorCell, json: &str) -> Result<Reply, MessageError> {
    (way().call)(shop, json.as_bytes())
}

pub(crate) async fn call(shop: &ActorCell, json: &str) -> Result<String, MessageError> {
    begin(shop, json)?.await.map(|reply| reply.get().to_owned())
}
