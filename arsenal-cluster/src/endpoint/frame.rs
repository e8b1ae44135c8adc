//! The frames of calls and pings, and their bytes.
//!
//! Each begins with a head of fixed length (little endian): kind `u8`, id `u64`, clock `u64` in
//! microseconds of the sender, extra `u32`. The body is the rest.

use bytes::{Buf as _, BufMut as _, Bytes, BytesMut};

/// The length of the head.
pub(super) const HEAD_BYTES: usize = 1 + 8 + 8 + 4;

const REQUEST: u8 = 0;
const REPLY: u8 = 1;
const REFUSAL: u8 = 2;
const PING: u8 = 3;
const PONG: u8 = 4;

const LATE: u32 = 0;
const OVERLOADED: u32 = 1;
const CRASHED: u32 = 2;

#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) enum Frame {
    /// Asks for an answer within `timeout_ms`, counted from `clock`.
    Request { id: u64, clock: u64, timeout_ms: u32, body: Bytes },
    /// The answer.
    Reply { id: u64, body: Bytes },
    /// There will be no answer.
    Refusal { id: u64, why: Refusal },
    /// Asks for a pong.
    Ping { beat: u64, clock: u64 },
    /// Answers a ping; `clock` is the one of the ping.
    Pong { beat: u64, clock: u64, body: Bytes },
}

/// Why a request gets no answer.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Refusal {
    /// Its time was over before it ran.
    Late,
    /// Too many of this peer are running. It did not run.
    Overloaded,
    /// It panicked. It may have run in part.
    Crashed,
}

/// Bytes that are no frame.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct Malformed;

impl Frame {
    pub(super) fn encode(&self) -> Bytes {
        static EMPTY: Bytes = Bytes::new();
        let (kind, id, clock, extra, body) = match self {
            Self::Request { id, clock, timeout_ms, body } => {
                (REQUEST, *id, *clock, *timeout_ms, body)
            }
            Self::Reply { id, body } => (REPLY, *id, 0, 0, body),
            Self::Refusal { id, why } => (REFUSAL, *id, 0, why.code(), &EMPTY),
            Self::Ping { beat, clock } => (PING, *beat, *clock, 0, &EMPTY),
            Self::Pong { beat, clock, body } => (PONG, *beat, *clock, 0, body),
        };
        let mut bytes = BytesMut::with_capacity(HEAD_BYTES + body.len());
        bytes.put_u8(kind);
        bytes.put_u64_le(id);
        bytes.put_u64_le(clock);
        bytes.put_u32_le(extra);
        bytes.put_slice(body);
        bytes.freeze()
    }

    /// Takes the bytes apart; the body is not copied.
    pub(super) fn decode(mut bytes: Bytes) -> Result<Self, Malformed> {
        if bytes.len() < HEAD_BYTES {
            return Err(Malformed);
        }
        let kind = bytes.get_u8();
        let id = bytes.get_u64_le();
        let clock = bytes.get_u64_le();
        let extra = bytes.get_u32_le();
        let body = bytes;
        match kind {
            REQUEST => Ok(Self::Request { id, clock, timeout_ms: extra, body }),
            REPLY => Ok(Self::Reply { id, body }),
            REFUSAL => Ok(Self::Refusal { id, why: Refusal::from_code(extra)? }),
            PING => Ok(Self::Ping { beat: id, clock }),
            PONG => Ok(Self::Pong { beat: id, clock, body }),
            _ => Err(Malformed),
        }
    }
}

impl Refusal {
    const fn code(self) -> u32 {
        match self {
            Self::Late => LATE,
            Self::Overloaded => OVERLOADED,
            Self::Crashed => CRASHED,
        }
    }

    const fn from_code(code: u32) -> Result<Self, Malformed> {
        match code {
            LATE => Ok(Self::Late),
            OVERLOADED => Ok(Self::Overloaded),
            CRASHED => Ok(Self::Crashed),
            _ => Err(Malformed),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn frames_read_back_as_they_are_written() {
        let body = Bytes::from_static(b"body");
        for frame in [
            Frame::Request { id: u64::MAX, clock: 7, timeout_ms: u32::MAX, body: body.clone() },
            Frame::Reply { id: 1, body: Bytes::new() },
            Frame::Reply { id: 1, body: body.clone() },
            Frame::Refusal { id: 2, why: Refusal::Late },
            Frame::Refusal { id: 2, why: Refusal::Overloaded },
            Frame::Refusal { id: 2, why: Refusal::Crashed },
            Frame::Ping { beat: 3, clock: u64::MAX },
            Frame::Pong { beat: 3, clock: 9, body },
        ] {
            assert_eq!(Frame::decode(frame.encode()), Ok(frame));
        }
    }

    #[test]
    fn what_is_no_frame_is_malformed() {
        let short = Frame::Ping { beat: 1, clock: 1 }.encode().slice(..HEAD_BYTES - 1);
        assert_eq!(Frame::decode(short), Err(Malformed));
        let mut unknown = vec![0; HEAD_BYTES];
        unknown[0] = 77;
        assert_eq!(Frame::decode(unknown.into()), Err(Malformed));
        let mut refusal = vec![0; HEAD_BYTES];
        refusal[0] = REFUSAL;
        refusal[HEAD_BYTES - 1] = 1;
        assert_eq!(Frame::decode(refusal.into()), Err(Malformed));
    }

    /// Random bytes, the same in each run.
    #[test]
    fn random_bytes_never_panic_and_what_decodes_is_canonical() {
        let mut state = 0x2545_f491_4f6c_dd1d_u64;
        let mut random = move || {
            state = state.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1_442_695_040);
            (state >> 56) as u8
        };
        let (mut good, mut bad) = (0, 0);
        for _ in 0..20_000 {
            let length = usize::from(random() % 48);
            let mut bytes: Vec<u8> = (0..length).map(|_| random()).collect();
            if let Some(kind) = bytes.first_mut() {
                *kind %= 8;
            }
            match Frame::decode(bytes.into()) {
                Ok(frame) => {
                    good += 1;
                    assert_eq!(Frame::decode(frame.encode()), Ok(frame));
                }
                Err(Malformed) => bad += 1,
            }
        }
        assert!(good > 1000 && bad > 1000, "{good} {bad}");
    }
}
