//! Messages from JSON.

use arsenal_cluster::{
    message::{MessageError, message_spec},
    prelude::*,
};
use ractor::{Actor, ActorProcessingErr, ActorRef, ActorStatus};

use crate::shop::{Shop, begin, call, open, send};

#[tokio::test]
async fn every_form_arrives() {
    let shop = open(0).await;
    send(&shop, r#"{"add": 5}"#).unwrap();
    assert_eq!(call(&shop, r#""get""#).await.unwrap(), "5");
    assert_eq!(call(&shop, r#"{"get": null}"#).await.unwrap(), "5");
    send(&shop, r#"{"move_to": {"count": 2, "where": "cellar"}}"#).unwrap();
    send(&shop, r#" {"move_to": {"count": 2}} "#).unwrap();
    assert_eq!(call(&shop, r#"{"get": {}}"#).await.unwrap(), "3");
    send(&shop, r#"{"set_both": [7, [true, false]]}"#).unwrap();
    assert_eq!(call(&shop, r#"{"compare": {"other": 9}}"#).await.unwrap(), "true");
    assert_eq!(call(&shop, r#"{"price": "lamp"}"#).await.unwrap(), r#"{"Err":"no lamp"}"#);
    shop.stop(None);
}

#[tokio::test]
async fn what_is_wrong_is_named_at_its_place() {
    let shop = open(0).await;
    for (json, pointer, expected) in [
        (r#"{"add": "x"}"#, "/add", "must be a whole number from -9"),
        (
            r#"{"move_to": {"count": 300}}"#,
            "/move_to/count",
            "must be a whole number from 0 to 255, not `300`",
        ),
        (r#"{"move_to": {"where": "x"}}"#, "/move_to", "lacks the field `count`"),
        (
            r#"{"move_to": {"count": 1, "wher": 1}}"#,
            "/move_to/wher",
            "`wher` is not a field here; there is `count` or `where`",
        ),
        (r#"{"move_to": 3}"#, "/move_to", "must be the fields of `move_to`, not `3`"),
        (r#"{"set_both": [1, [true, 3]]}"#, "/set_both/1/1", "must be `true` or `false`, not `3`"),
        (r#"{"set_both": [1]}"#, "/set_both", "must be a list of 2 items, but has a length of 1"),
        (r#"{"ad": 1}"#, "", "there is no message `ad`; did you mean `add`?"),
        (r#""internal""#, "", "there is no message `internal`; expected one of `add`, `move_to`"),
        (r#""add""#, "", "`add` needs a value, as in {\"add\": …}"),
        (r#"{"get": 1}"#, "/get", "`get` takes no value; it is sent as \"get\""),
        (r#"{"add": 1, "get": null}"#, "/get", "one message at a time"),
        ("{}", "", "must be the name of a message, or an object with it as the only field"),
        ("[1]", "", "must be the name of a message, or an object with it as the only field"),
        ("{", "", "EOF while parsing an object"),
    ] {
        let Err(MessageError::Invalid(found)) = send(&shop, json) else { panic!("{json}") };
        assert!(found.message.contains(expected), "{json}: {}", found.message);
        assert_eq!(found.pointer, pointer, "{json}");
    }
    assert_eq!(call(&shop, r#""get""#).await.unwrap(), "0", "none of them was sent");
    shop.stop(None);
}

#[tokio::test]
async fn what_has_no_reply_is_not_called() {
    let shop = open(0).await;
    assert_eq!(begin(&shop, r#"{"add": 5}"#).err(), Some(MessageError::NotACall("add")));
    assert_eq!(call(&shop, r#""get""#).await.unwrap(), "0");
    assert_eq!(call(&shop, r#""forget""#).await, Err(MessageError::NoReply));
    let waiting = begin(&shop, r#""get""#).unwrap();
    shop.kill();
    assert_eq!(waiting.await.err(), Some(MessageError::NoReply));
}

/// Its handler fails where nobody takes the reply.
#[tokio::test]
async fn who_does_not_wait_ends_no_actor() {
    let shop = open(1).await;
    send(&shop, r#""get""#).unwrap();
    drop(begin(&shop, r#""get""#).unwrap());
    assert_eq!(call(&shop, r#""get""#).await.unwrap(), "1");
    shop.stop(None);
}

#[tokio::test]
async fn an_actor_that_has_ended_says_so() {
    let (shop, task) = Actor::spawn(None, Shop, 0).await.unwrap();
    send(&shop, r#""fail""#).unwrap();
    task.await.unwrap();
    assert_eq!(shop.get_status(), ActorStatus::Stopped);
    assert_eq!(send(&shop, r#"{"add": 5}"#), Err(MessageError::Ended));
    assert_eq!(begin(&shop, r#""get""#).err(), Some(MessageError::Ended));
}

#[derive(ArsenalMessage)]
#[message(json, crate = ::arsenal_cluster)]
struct Order {
    item: String,
    #[serde(default)]
    count: u8,
}

#[derive(ArsenalMessage)]
#[message(json)]
struct Wake;

struct Till(tokio::sync::mpsc::Sender<(String, u8)>);

impl Actor for Till {
    type Msg = Order;
    type State = ();
    type Arguments = ();

    async fn pre_start(&self, _: ActorRef<Order>, (): ()) -> Result<(), ActorProcessingErr> {
        Ok(())
    }

    async fn handle(
        &self,
        _: ActorRef<Order>,
        order: Order,
        (): &mut (),
    ) -> Result<(), ActorProcessingErr> {
        Ok(self.0.send((order.item, order.count)).await?)
    }
}

#[tokio::test]
async fn a_struct_is_what_it_holds() {
    let (sender, mut orders) = tokio::sync::mpsc::channel(1);
    let (till, task) = Actor::spawn(None, Till(sender), ()).await.unwrap();
    let json = message_spec(std::any::TypeId::of::<Order>()).unwrap().json.unwrap();
    (json.send)(&till, br#"{"item": "lamp"}"#).unwrap();
    assert_eq!(orders.recv().await.unwrap(), ("lamp".to_owned(), 0));
    let Err(MessageError::Invalid(wrong)) = (json.send)(&till, br#"{"item": "lamp", "count": -1}"#)
    else {
        panic!("sent");
    };
    assert_eq!(wrong.pointer, "/count");
    let wake = message_spec(std::any::TypeId::of::<Wake>()).unwrap().json.unwrap();
    assert_eq!((wake.send)(&till, b"null"), Err(MessageError::OtherType));
    assert!(matches!((wake.send)(&till, b"1"), Err(MessageError::Invalid(_))));
    till.stop(None);
    task.await.unwrap();
}
