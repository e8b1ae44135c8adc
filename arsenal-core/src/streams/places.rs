//! Where a stream over all nodes stands on each of them: the content of the ids of its events. Pure.

use std::collections::BTreeMap;

use base64::{Engine as _, engine::general_purpose::URL_SAFE_NO_PAD};
use serde::{Deserialize, Serialize};

use super::bad_last_event_id;
use crate::{
    answer::is_event_id, error::InvalidInput, limits::MERGED_EVENT_ID_BYTES_MAX, name::NodeName,
};

/// The last id of every node that has given one. Clients see it as one opaque text.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(transparent)]
pub(crate) struct MergedPlaces(BTreeMap<NodeName, String>);

impl MergedPlaces {
    /// The places that the id of an event holds; none without one.
    pub(crate) fn read(last_event_id: Option<&str>) -> Result<Self, InvalidInput> {
        let Some(id) = last_event_id else { return Ok(Self::default()) };
        let places = (id.len() <= MERGED_EVENT_ID_BYTES_MAX)
            .then(|| URL_SAFE_NO_PAD.decode(id).ok())
            .flatten()
            .and_then(|json| serde_json::from_slice::<Self>(&json).ok())
            .filter(|places| places.0.values().all(|id| is_event_id(id)));
        places.ok_or_else(|| bad_last_event_id("is not the id of an event of this stream"))
    }

    /// The node's own last id.
    pub(super) fn last_of(&self, node: &NodeName) -> Option<String> {
        self.0.get(node).cloned()
    }

    pub(super) fn set(&mut self, node: NodeName, id: String) {
        self.0.insert(node, id);
    }

    /// The id of an event after which all nodes stand here; `None` where it would be too long.
    pub(super) fn to_id(&self) -> Option<String> {
        let json = serde_json::to_vec(self).expect("names and texts are JSON");
        Some(URL_SAFE_NO_PAD.encode(json)).filter(|id| id.len() <= MERGED_EVENT_ID_BYTES_MAX)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_id_holds_the_place_of_every_node() {
        let mut places = MergedPlaces::default();
        assert_eq!(MergedPlaces::read(None).unwrap(), places);
        places.set("a".parse().unwrap(), String::from("7"));
        places.set("b".parse().unwrap(), String::from("x/ü"));
        let id = places.to_id().unwrap();
        assert!(id.bytes().all(|byte| byte.is_ascii_graphic()), "{id}");
        assert_eq!(MergedPlaces::read(Some(&id)).unwrap(), places);
    }

    #[test]
    fn only_ids_that_a_stream_gave_are_taken() {
        let encode = |json: &str| URL_SAFE_NO_PAD.encode(json);
        for id in [String::from("7"), encode("[]"), encode(r#"{"A!":"1"}"#), encode(r#"{"a":""}"#)]
        {
            assert!(MergedPlaces::read(Some(&id)).is_err(), "{id}");
        }
    }

    #[test]
    fn an_id_that_no_header_could_hold_is_left_out() {
        let mut places = MergedPlaces::default();
        for node in 0..40 {
            places.set(format!("n{node}").parse().unwrap(), "x".repeat(256));
        }
        assert_eq!(places.to_id(), None);
    }
}
