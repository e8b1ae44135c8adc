//! An invocation on its way to another node, and the answer on its way back.
//!
//! Layout, both ways: one byte wire version, then as [`codec`] and [`stream`] say. A node reads the versions
//! [`WIRE_VERSION`] and the one before it; fields that it does not know are ignored.

mod codec;
mod stream;

use crate::{
    arguments::OwnedArguments,
    membership::Mode,
    principal::Principal,
    request_id::RequestId,
    spec::{Location, OperationSpec},
};

pub use codec::{EnvelopeError, decode_answer, encode_answer};
pub use stream::{StreamItem, encode_stream};

/// What this node writes.
pub const WIRE_VERSION: u8 = 1;

/// An invocation as it travels: everything that the executing node needs, undecoded.
#[derive(Clone, Debug)]
pub struct Envelope {
    /// The permanent name of the operation.
    pub operation: String,
    /// The shape of the parameters as the sender knows them, see [`schema_digest`].
    pub schema_digest: u64,
    /// Who calls.
    pub principal: Principal,
    /// The request that it is part of.
    pub request_id: RequestId,
    /// W3C `traceparent`, where the caller has one.
    pub trace_context: Option<String>,
    /// The caller's idempotency key.
    pub idempotency_key: Option<String>,
    /// The id of the event after which a stream is to go on.
    pub last_event_id: Option<String>,
    /// The sender's clock, in ms since 1970: for logs. What refuses late requests is below, in the
    /// frame of the endpoint, which trusts no wall clock.
    pub sent_at_ms: u64,
    /// How long the caller still waits, in ms.
    pub time_left_ms: u64,
    /// Which kind of cluster is meant.
    pub mode: Mode,
    /// The arguments as they came.
    pub arguments: OwnedArguments,
}

/// A hash (FNV-1a) over name, location and need of each parameter. Two nodes that disagree run
/// different versions of the operation.
pub fn schema_digest(spec: &OperationSpec) -> u64 {
    const OFFSET: u64 = 0xcbf2_9ce4_8422_2325;
    const PRIME: u64 = 0x0100_0000_01b3;
    let mut hash = OFFSET;
    let mut add = |byte: u8| hash = (hash ^ u64::from(byte)).wrapping_mul(PRIME);
    for parameter in spec.parameters {
        parameter.name.bytes().for_each(&mut add);
        add(match parameter.location {
            Location::Path => 1,
            Location::Query => 2,
            Location::Header => 3,
            Location::Body => 4,
            Location::WholeBody => 5,
            Location::RawBody => 6,
        });
        add(u8::from(parameter.is_required()));
    }
    hash
}
