//! Messages between nodes: the format is that of `RactorClusterMessage`, in both directions.

use std::time::Duration;

use ractor::{
    Message as _, RpcReplyPort, concurrency,
    message::{BoxedDowncastErr, SerializedMessage},
};

/// The same messages, derived by both.
macro_rules! messages {
    ($derive:path, $(#[$attribute:meta])*) => {
        #[derive($derive)]
        $(#[$attribute])*
        pub(super) enum Wire {
            Ping,
            Add(i64, String),
            Move { x: u8, y: Vec<u8> },
            Empty(String),
            #[rpc]
            Get(RpcReplyPort<u64>),
            #[rpc]
            Ask(String, RpcReplyPort<String>, u16),
            #[rpc]
            Look { port: RpcReplyPort<bool>, at: u32 },
        }
    };
}

mod stock {
    use super::RpcReplyPort;
    messages!(ractor_cluster::RactorClusterMessage,);
}

mod ours {
    use super::RpcReplyPort;
    messages!(arsenal_cluster::prelude::ArsenalMessage, #[message(cluster)]);
}

/// What is written of a message, and whether it is a call.
fn parts(message: SerializedMessage) -> (String, Vec<u8>, Option<Vec<u8>>, bool) {
    match message {
        SerializedMessage::Cast { variant, args, metadata } => (variant, args, metadata, false),
        SerializedMessage::Call { variant, args, metadata, .. } => (variant, args, metadata, true),
        SerializedMessage::CallReply(..) => unreachable!("no message is a reply"),
    }
}

/// All variants, each with ports whose replies nobody awaits.
macro_rules! samples {
    ($module:ident) => {{
        use $module::Wire;
        vec![
            Wire::Ping,
            Wire::Add(-3, "three".to_owned()),
            Wire::Move { x: 7, y: vec![1, 2, 3] },
            Wire::Empty(String::new()),
            Wire::Get(concurrency::oneshot().0.into()),
            Wire::Ask("what".to_owned(), concurrency::oneshot().0.into(), 9),
            Wire::Look { port: concurrency::oneshot().0.into(), at: 5 },
        ]
    }};
}

#[tokio::test]
async fn both_write_the_same_bytes() {
    let of_ours = samples!(ours).into_iter().map(|message| parts(message.serialize().unwrap()));
    let of_stock = samples!(stock).into_iter().map(|message| parts(message.serialize().unwrap()));
    assert!(ours::Wire::serializable());
    assert_eq!(of_ours.collect::<Vec<_>>(), of_stock.collect::<Vec<_>>());
}

/// As another library may have sent it.
fn with_metadata(message: SerializedMessage) -> SerializedMessage {
    let metadata = Some(vec![1, 2]);
    match message {
        SerializedMessage::Cast { variant, args, .. } => {
            SerializedMessage::Cast { variant, args, metadata }
        }
        SerializedMessage::Call { variant, args, reply, .. } => {
            SerializedMessage::Call { variant, args, reply, metadata }
        }
        reply @ SerializedMessage::CallReply(..) => reply,
    }
}

#[tokio::test]
async fn each_reads_what_the_other_wrote() {
    let theirs = stock::Wire::Add(-3, "three".to_owned()).serialize().unwrap();
    let read = ours::Wire::deserialize(with_metadata(theirs)).unwrap();
    assert!(matches!(read, ours::Wire::Add(-3, text) if text == "three"));
    let own = ours::Wire::Move { x: 7, y: vec![1, 2, 3] }.serialize().unwrap();
    let read = stock::Wire::deserialize(with_metadata(own)).unwrap();
    assert!(matches!(read, stock::Wire::Move { x: 7, y } if y == [1, 2, 3]));
}

#[tokio::test]
async fn replies_come_back_in_both_directions() {
    let (port, reply) = concurrency::oneshot();
    let asked = ours::Wire::Ask("what".to_owned(), port.into(), 9).serialize().unwrap();
    let stock::Wire::Ask(text, port, 9) = stock::Wire::deserialize(with_metadata(asked)).unwrap()
    else {
        panic!("another variant");
    };
    port.send(format!("{text}?")).unwrap();
    assert_eq!(reply.await.unwrap(), "what?");

    let (port, reply) = concurrency::oneshot();
    let limit = Duration::from_mins(1);
    let asked = stock::Wire::Look { port: (port, limit).into(), at: 5 }.serialize().unwrap();
    let ours::Wire::Look { port, at: 5 } = ours::Wire::deserialize(with_metadata(asked)).unwrap()
    else {
        panic!("another variant");
    };
    assert_eq!(port.get_timeout(), Some(limit));
    port.send(true).unwrap();
    assert!(reply.await.unwrap());
}

#[tokio::test]
async fn a_port_that_is_let_go_of_is_let_go_of_at_the_other_end() {
    let (port, reply) = concurrency::oneshot::<u64>();
    let asked = ours::Wire::Get(port.into()).serialize().unwrap();
    drop(ours::Wire::deserialize(asked).unwrap());
    assert!(reply.await.is_err());
}

fn cast(variant: &str, args: Vec<u8>) -> SerializedMessage {
    SerializedMessage::Cast { variant: variant.to_owned(), args, metadata: None }
}

#[test]
fn bytes_that_are_no_message_are_refused() {
    let huge = u64::MAX.to_be_bytes().to_vec();
    let short = 1_u64.to_be_bytes().to_vec();
    // A number of one byte, where eight are needed, makes ractor's conversion panic.
    let wrong_type = [&1_u64.to_be_bytes()[..], &[1], &0_u64.to_be_bytes()].concat();
    for message in [
        cast("Nothing", vec![]),
        cast("Get", vec![]),
        cast("Ping", vec![0]),
        cast("Add", vec![]),
        cast("Add", vec![0; 7]),
        cast("Add", huge),
        cast("Add", short),
        cast("Add", wrong_type),
        SerializedMessage::CallReply(1, vec![]),
    ] {
        assert_eq!(ours::Wire::deserialize(message).err(), Some(BoxedDowncastErr));
    }
}

/// A struct is a message of its own name.
#[derive(arsenal_cluster::prelude::ArsenalMessage)]
#[message(cluster)]
struct Note(String, u8);

#[test]
fn a_struct_travels_as_well() {
    let (variant, args, _, _) = parts(Note("x".to_owned(), 3).serialize().unwrap());
    assert_eq!(variant, "Note");
    let Note(text, 3) = Note::deserialize(cast("Note", args)).unwrap() else { panic!("number") };
    assert_eq!(text, "x");
}
