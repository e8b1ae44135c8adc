//! Messages within a node.

use ractor::{ActorId, Message as _, message::BoxedDowncastErr};

use crate::shop::ShopMessage;

#[test]
fn a_message_comes_out_of_its_box_as_it_went_in() {
    let boxed = ShopMessage::Add(3).box_message(&ActorId::Local(1)).unwrap();
    let message = ShopMessage::from_boxed(boxed).unwrap();
    assert!(matches!(message, ShopMessage::Add(3)));
}

#[test]
fn what_stays_on_its_node_is_not_boxed_for_others() {
    assert!(!ShopMessage::serializable());
    let far = ActorId::Remote { node_id: 1, pid: 1 };
    assert_eq!(ShopMessage::Fail.box_message(&far).err(), Some(BoxedDowncastErr));
}
