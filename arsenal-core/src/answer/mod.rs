//! What operations answer, from one node and from many.

mod dry_run;
mod fan_out;
mod gathering;
mod page;

use bytes::Bytes;
use serde::Serialize;

pub use dry_run::{DRY_RUN_MEDIA_TYPE, DryRun, DryRunNode, DryRunPartition};
pub use fan_out::{FanOut, NodeAnswer, NodeCount};
pub use gathering::{Gather, GatherFn, RawAnswer};
pub use page::{Cursor, Page};

use crate::error::OperationError;

/// What one node answered, encoded.
#[derive(Clone, Debug)]
#[non_exhaustive]
pub enum Reply {
    /// One JSON value.
    Json(Bytes),
    /// One JSON value, which an earlier run with the same idempotency key gave.
    Replayed(Bytes),
    /// What would run, see [`DryRun`].
    DryRun(Bytes),
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
    pub fn into_json(self) -> Bytes {
        match self {
            Self::Json(bytes) | Self::Replayed(bytes) | Self::DryRun(bytes) => bytes,
        }
    }
}

/// Most answers fit without growing the buffer.
const ANSWER_BYTES_USUAL: usize = 256;
