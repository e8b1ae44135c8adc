//! What is on its way between simulated nodes.

use std::net::SocketAddr;

use bytes::Bytes;

use crate::network::{PeerId, greeting::Greeting, note::Note};

/// A datagram, or a part of a path. Sessions have numbers that are never used again.
#[derive(Clone, Debug)]
pub(super) enum Parcel {
    Datagram {
        from: SocketAddr,
        bytes: Bytes,
    },
    /// Somebody dials.
    Connect {
        session: u64,
        from: PeerId,
        slot: usize,
    },
    /// The kernel of a node that does not run took the connection.
    Connected {
        session: u64,
    },
    /// The session stands.
    Accepted {
        session: u64,
        from: PeerId,
        slot: usize,
    },
    /// Nobody listens where somebody dialled.
    Refused {
        session: u64,
    },
    /// What both ends tell each other before the path is up.
    Greeting {
        session: u64,
        greeting: Greeting,
    },
    /// What they tell each other about a name.
    Note {
        session: u64,
        sender: PeerId,
        note: Note,
    },
    /// A frame, under the label of its sender's path.
    Frame {
        session: u64,
        label: String,
        bytes: Bytes,
    },
    /// Whoever dialled waits for no answer any more.
    GivenUp {
        session: u64,
    },
    /// The session ended.
    Closed {
        session: u64,
    },
}

impl Parcel {
    /// About how many bytes it is on a wire.
    pub(super) fn len(&self) -> usize {
        match self {
            Self::Datagram { bytes, .. } | Self::Frame { bytes, .. } => bytes.len(),
            Self::Connect { .. }
            | Self::Connected { .. }
            | Self::Accepted { .. }
            | Self::Refused { .. }
            | Self::Greeting { .. }
            | Self::Note { .. }
            | Self::GivenUp { .. }
            | Self::Closed { .. } => 0,
        }
    }

    /// A number for its kind.
    pub(super) const fn kind(&self) -> u8 {
        match self {
            Self::Datagram { .. } => 0,
            Self::Connect { .. } => 1,
            Self::Accepted { .. } => 2,
            Self::Refused { .. } => 3,
            Self::Greeting { .. } => 4,
            Self::Frame { .. } => 5,
            Self::Closed { .. } => 6,
            Self::Connected { .. } => 7,
            Self::Note { .. } => 8,
            Self::GivenUp { .. } => 9,
        }
    }

    /// The session that it is a part of.
    pub(super) const fn session(&self) -> Option<u64> {
        match self {
            Self::Datagram { .. } => None,
            Self::Connect { session, .. }
            | Self::Connected { session }
            | Self::Accepted { session, .. }
            | Self::Refused { session }
            | Self::Greeting { session, .. }
            | Self::Note { session, .. }
            | Self::Frame { session, .. }
            | Self::GivenUp { session }
            | Self::Closed { session } => Some(*session),
        }
    }

    pub(super) fn bytes(&self) -> &[u8] {
        match self {
            Self::Datagram { bytes, .. } | Self::Frame { bytes, .. } => bytes,
            Self::Connect { .. }
            | Self::Connected { .. }
            | Self::Accepted { .. }
            | Self::Refused { .. }
            | Self::Greeting { .. }
            | Self::Note { .. }
            | Self::GivenUp { .. }
            | Self::Closed { .. } => &[],
        }
    }
}
