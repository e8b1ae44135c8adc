//! All types that are linked into this program, by their identity.

use std::{any::TypeId, collections::BTreeMap, sync::OnceLock};

use super::{MessageRegistration, MessageSpec, StateRegistration, StateSpec};

/// What is known of a type of messages, if it derives `ArsenalMessage` and has no parameters.
pub fn message_spec(type_id: TypeId) -> Option<&'static MessageSpec> {
    static ALL: OnceLock<BTreeMap<TypeId, &'static MessageSpec>> = OnceLock::new();
    let linked = || inventory::iter::<MessageRegistration>.into_iter().map(|linked| linked.0);
    let all = ALL.get_or_init(|| linked().map(|spec| ((spec.type_id)(), spec)).collect());
    all.get(&type_id).copied()
}

/// What is known of a type of states, if it derives `ArsenalState`.
pub fn state_spec(type_id: TypeId) -> Option<&'static StateSpec> {
    static ALL: OnceLock<BTreeMap<TypeId, &'static StateSpec>> = OnceLock::new();
    let linked = || inventory::iter::<StateRegistration>.into_iter().map(|linked| linked.0);
    let all = ALL.get_or_init(|| linked().map(|spec| ((spec.type_id)(), spec)).collect());
    all.get(&type_id).copied()
}
