//! What operations answer, from one node and from many.

mod dry_run;
mod event;
mod fan_out;
mod gathering;
mod page;
mod stream;

use bytes::Bytes;
use serde::Serialize;

pub use dry_run::{DRY_RUN_MEDIA_TYPE, DryRun, DryRunNode, DryRunPartition};
pub use event::{Event, NodeEvent};
pub use fan_out::{FanOut, NodeAnswer, NodeCount};
pub use futures_util::Stream;
pub use gathering::{Gather, GatherFn, RawAnswer};
pub use page::{Cursor, Page};
pub(crate) use stream::is_event_id;
pub use stream::{Emitted, EncodedEvent, EventStream};

use crate::error::OperationError;

/// The media type of an answer, and of a body that is no bytes.
pub const JSON_MEDIA_TYPE: &str = "application/json";

/// The media type of a stream.
pub const EVENTS_MEDIA_TYPE: &str = "text/event-stream";

/// What one node answered, encoded.
#[derive(Debug)]
#[non_exhaustive]
pub enum Reply {
    /// One JSON value.
    Json(Bytes),
    /// One JSON value, which an earlier run with the same idempotency key gave.
    Replayed(Bytes),
    /// What would run, see [`DryRun`].
    DryRun(Bytes),
    /// Events, as they happen.
    Stream(EventStream),
}

impl Reply {
    /// Encodes a value.
    pub fn json<T: Serialize>(value: &T) -> Result<Self, OperationError> {
        let mut out = Vec::with_capacity(ANSWER_BYTES_USUAL);
        serde_json::to_writer(&mut out, value)
            .map_err(|error| OperationError::internal().because(error))?;
        Ok(Self::Json(out.into()))
    }

    /// The encoded JSON value.
    ///
    /// # Errors
    /// A stream is none: `internal`, because who asks has not looked at what the operation answers.
    pub fn into_json(self) -> Result<Bytes, OperationError> {
        match self {
            Self::Json(bytes) | Self::Replayed(bytes) | Self::DryRun(bytes) => Ok(bytes),
            Self::Stream(_) => {
                Err(OperationError::internal().because("a stream where one value was expected"))
            }
        }
    }

    /// The events.
    ///
    /// # Errors
    /// One value is none: `internal`, as for [`Reply::into_json`].
    pub fn into_events(self) -> Result<EventStream, OperationError> {
        match self {
            Self::Stream(events) => Ok(events),
            Self::Json(_) | Self::Replayed(_) | Self::DryRun(_) => {
                Err(OperationError::internal().because("one value where a stream was expected"))
            }
        }
    }
}

/// Most answers fit without growing the buffer.
const ANSWER_BYTES_USUAL: usize = 256;
