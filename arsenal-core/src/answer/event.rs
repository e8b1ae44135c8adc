//! What a stream consists of: events, with an id where a client can resume after them.

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use crate::name::NodeName;

/// One event of a stream that a client can resume: one that was cut off sends the last id that it
/// saw, and the operation goes on after [`NodeContext::last_event_id`].
///
/// [`NodeContext::last_event_id`]: crate::context::NodeContext::last_event_id
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Event<T> {
    /// Names the place in the stream: 1 to [`EVENT_ID_BYTES_MAX`](crate::limits::EVENT_ID_BYTES_MAX)
    /// bytes without control characters.
    pub id: String,
    /// What happened.
    pub data: T,
}

impl<T> Event<T> {
    /// An event with its place in the stream: a number, a time, whatever the operation finds again.
    #[expect(clippy::needless_pass_by_value, reason = "callers give a number or a text")]
    pub fn new(id: impl ToString, data: T) -> Self {
        Self { id: id.to_string(), data }
    }
}

/// What a stream over all nodes has as the data of each event.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[schemars(rename = "NodeEventOf{T}")]
pub struct NodeEvent<T> {
    /// The node whose event it is.
    pub node: NodeName,
    /// The data of its event.
    pub data: T,
}
