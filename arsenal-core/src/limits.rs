//! Every bound of the framework, in one place, with its reason.

use std::time::Duration;

/// How long an operation may take unless it says otherwise.
pub const TIMEOUT_DEFAULT: Duration = Duration::from_secs(5);

/// The largest request body. A larger one is refused before it is read to the end.
pub const BODY_BYTES_MAX: usize = 1 << 20;

/// How long a client may take to send the body of a request.
pub const BODY_READ_MAX: Duration = Duration::from_secs(10);

/// Bytes of a refused body that are read on and forgotten, so that a client that sends before it
/// reads still gets the answer.
pub const BODY_DRAIN_BYTES_MAX: usize = 16 << 20;

/// Calls that one fan-out has in flight. Sockets and memory of one request stay flat from here on.
pub const FAN_OUT_IN_FLIGHT_MAX: usize = 64;

/// Failed nodes that one answer names; the rest is counted.
pub const FAILURES_LISTED_MAX: usize = 50;

/// Violations that one answer names; the rest is counted.
pub const VIOLATIONS_LISTED_MAX: usize = 50;

/// Rounds in which a page over all nodes is filled up. Two are enough when rows are spread evenly;
/// more are needed only when nodes run dry one after the other.
pub const PAGE_ROUNDS_MAX: usize = 4;

/// Near misses that a 404 names.
pub const SUGGESTIONS_MAX: usize = 3;

/// How much earlier than the operation that invokes it an inner operation ends, so that the outer
/// one can still say what became of it. A tenth of what is left where that is less.
pub const INVOKE_MARGIN_MAX: Duration = Duration::from_millis(20);

/// Requests with an `Idempotency-Key` that one node remembers. At a few hundred bytes each, beside
/// their answers, they take a few megabytes; a client that comes again does so within seconds.
pub const IDEMPOTENCY_KEYS_MAX: usize = 10_000;

/// Bytes of answers to such requests that one node remembers.
pub const IDEMPOTENCY_BYTES_MAX: usize = 64 << 20;

/// How long such an answer is remembered, unless others need its room: a day, as clients know it from
/// other APIs.
pub const IDEMPOTENCY_KEPT: Duration = Duration::from_secs(24 * 60 * 60);

/// The longest `Idempotency-Key`, in characters.
pub const IDEMPOTENCY_KEY_LENGTH_MAX: usize = 255;

/// Streams that one node has open: those that its own functions give, and those of other nodes that
/// it passes on; at most 64 of the latter may come from one peer. Each holds a function, a socket or a
/// path for as long as its client stays, so there are far fewer than the 512 connections of the
/// server: where all streams are open, other requests still come in.
pub const STREAMS_MAX: usize = 256;

/// The data of one event. A frame between nodes has room for it, and so has a client.
pub const EVENT_BYTES_MAX: usize = 256 << 10;

/// The id of one event. It comes back in a header, and once per node in that of a merged stream.
pub const EVENT_ID_BYTES_MAX: usize = 256;

/// The id of an event of a stream over all nodes, in which each node has its own: as much as a
/// header may hold. An event whose id would be longer has none, and a client resumes further back.
pub const MERGED_EVENT_ID_BYTES_MAX: usize = 8 << 10;

/// How long a stream may be silent before a comment shows that it lives. Proxies usually give up
/// after 30 to 60 seconds.
pub const HEARTBEAT_AFTER: Duration = Duration::from_secs(15);

/// The time that the function of a stream sees as left, once it runs: its client stays as long as it
/// likes. What it invokes in the meantime has its own time limit.
pub const STREAM_TIME: Duration = Duration::from_secs(365 * 24 * 3600);
