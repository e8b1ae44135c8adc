/// What a counter understands.
#[derive(ArsenalMessage)]
#[message(json, show)]
enum CounterMessage {
    /// Adds this.
    Add(i64),
    Move {
        /// How far.
        x: i64,
        done: RpcReplyPort<bool>,
    },
    Get(RpcReplyPort<i64>),
    #[message(skip)]
    Internal(ActorCell),
}
