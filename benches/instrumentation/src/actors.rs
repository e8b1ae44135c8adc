//! Two actors that are the same but for the type of their messages: one derives `ArsenalMessage`.
//!
//! Their handlers do next to nothing, which is the worst case: whatever is added shows.

use std::{hint::black_box, sync::Arc};

use arsenal_cluster::message::ArsenalMessage;
use ractor::{Actor, ActorProcessingErr, ActorRef, Message};
use tokio::sync::Notify;

/// Counts messages, or plays ping-pong.
pub struct Player {
    /// After how many messages of a flood it tells.
    pub flood: u64,
    /// Whom it tells.
    pub done: Arc<Notify>,
}

/// The same with messages that are counted.
pub struct CountedPlayer(pub Player);

/// What a player understands.
pub enum Ball {
    /// One of a flood.
    Flood(u64),
    /// Sent to and fro so many times more.
    Ping(u64, ActorRef<Ball>),
}

impl Message for Ball {}

/// The same, counted.
#[derive(ArsenalMessage)]
pub enum CountedBall {
    /// One of a flood.
    Flood(u64),
    /// Sent to and fro so many times more.
    Ping(u64, ActorRef<CountedBall>),
}

macro_rules! plays {
    ($player:ty, $ball:ident, $self:ident => $inner:expr) => {
        impl Actor for $player {
            type Msg = $ball;
            type State = u64;
            type Arguments = ();

            async fn pre_start(
                &self,
                _: ActorRef<$ball>,
                (): (),
            ) -> Result<u64, ActorProcessingErr> {
                Ok(0)
            }

            async fn handle(
                &$self,
                me: ActorRef<$ball>,
                ball: $ball,
                count: &mut u64,
            ) -> Result<(), ActorProcessingErr> {
                let player: &Player = $inner;
                match ball {
                    $ball::Flood(number) => {
                        black_box(number);
                        *count += 1;
                        if *count == player.flood {
                            player.done.notify_one();
                        }
                    }
                    $ball::Ping(0, _) => player.done.notify_one(),
                    $ball::Ping(left, other) => other.cast($ball::Ping(left - 1, me))?,
                }
                Ok(())
            }
        }
    };
}

plays!(Player, Ball, self => self);
plays!(CountedPlayer, CountedBall, self => &self.0);
