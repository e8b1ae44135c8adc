//! The frames of calls, streams and pings, and their bytes.
//!
//! Each begins with a head of fixed length (little endian): kind `u8`, id `u64`, clock `u64` in
//! microseconds of the sender, extra `u32`. The body is the rest; the one of `Open` begins with its
//! window, items `u32` and bytes `u32`; `Credit` has its items in `extra` and its bytes in `clock`.
//!
//! A node drops kinds that it does not know and counts them as malformed. So a peer from before
//! streams is not harmed by an `Open`; whoever sent it gets no answer, and its time runs out.

use bytes::{Buf as _, BufMut as _, Bytes, BytesMut};

use super::window::{Amount, Window};

/// The length of the head.
pub(super) const HEAD_BYTES: usize = 1 + 8 + 8 + 4;

/// The length of the window before the body of `Open`.
const WINDOW_BYTES: usize = 4 + 4;

const REQUEST: u8 = 0;
const REPLY: u8 = 1;
const REFUSAL: u8 = 2;
const PING: u8 = 3;
const PONG: u8 = 4;

const OPEN: u8 = 5;
const OPENED: u8 = 6;
const ITEM: u8 = 7;
const END: u8 = 8;
const CREDIT: u8 = 9;
const CANCEL: u8 = 10;

const LATE: u32 = 0;
const OVERLOADED: u32 = 1;
const CRASHED: u32 = 2;

#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) enum Frame {
    /// Asks for an answer within `timeout_ms`, counted from `clock`.
    Request { id: u64, clock: u64, timeout_ms: u32, body: Bytes },
    /// The answer.
    Reply { id: u64, body: Bytes },
    /// There will be no answer, or nothing more of a stream.
    Refusal { id: u64, why: Refusal },
    /// Asks for a pong.
    Ping { beat: u64, clock: u64 },
    /// Answers a ping; `clock` is the one of the ping.
    Pong { beat: u64, clock: u64 },
    /// Asks for a stream that begins within `timeout_ms`, counted from `clock`.
    Open { id: u64, clock: u64, timeout_ms: u32, window: Window, body: Bytes },
    /// The stream begins.
    Opened { id: u64 },
    /// The next item of a stream.
    Item { id: u64, body: Bytes },
    /// The stream had no more items.
    End { id: u64 },
    /// So much more was taken; there is room for as much again.
    Credit { id: u64, taken: Amount },
    /// Nobody waits for the stream or the answer any more. A peer that ends only streams by it ends a
    /// request at its deadline.
    Cancel { id: u64 },
}

/// Why a request gets no answer.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Refusal {
    /// Its time was over before it ran.
    Late,
    /// Too many of this peer are running. It did not run.
    Overloaded,
    /// It panicked, or gave an item that cannot be sent. It may have run in part.
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
            Self::Pong { beat, clock } => (PONG, *beat, *clock, 0, &EMPTY),
            Self::Open { id, clock, timeout_ms, body, .. } => {
                (OPEN, *id, *clock, *timeout_ms, body)
            }
            Self::Opened { id } => (OPENED, *id, 0, 0, &EMPTY),
            Self::Item { id, body } => (ITEM, *id, 0, 0, body),
            Self::End { id } => (END, *id, 0, 0, &EMPTY),
            Self::Credit { id, taken } => {
                (CREDIT, *id, taken.bytes, u32::try_from(taken.items).unwrap_or(u32::MAX), &EMPTY)
            }
            Self::Cancel { id } => (CANCEL, *id, 0, 0, &EMPTY),
        };
        let mut bytes = BytesMut::with_capacity(HEAD_BYTES + WINDOW_BYTES + body.len());
        bytes.put_u8(kind);
        bytes.put_u64_le(id);
        bytes.put_u64_le(clock);
        bytes.put_u32_le(extra);
        if let Self::Open { window, .. } = self {
            bytes.put_u32_le(window.items);
            bytes.put_u32_le(window.bytes);
        }
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
        let mut body = bytes;
        match kind {
            REQUEST => Ok(Self::Request { id, clock, timeout_ms: extra, body }),
            REPLY => Ok(Self::Reply { id, body }),
            REFUSAL => Ok(Self::Refusal { id, why: Refusal::from_code(extra)? }),
            PING => Ok(Self::Ping { beat: id, clock }),
            PONG => Ok(Self::Pong { beat: id, clock }),
            OPEN => {
                let window = take_window(&mut body)?;
                Ok(Self::Open { id, clock, timeout_ms: extra, window, body })
            }
            OPENED => Ok(Self::Opened { id }),
            ITEM => Ok(Self::Item { id, body }),
            END => Ok(Self::End { id }),
            CREDIT => Ok(Self::Credit { id, taken: Amount { items: extra.into(), bytes: clock } }),
            CANCEL => Ok(Self::Cancel { id }),
            _ => Err(Malformed),
        }
    }
}

fn take_window(body: &mut Bytes) -> Result<Window, Malformed> {
    if body.len() < WINDOW_BYTES {
        return Err(Malformed);
    }
    Ok(Window { items: body.get_u32_le(), bytes: body.get_u32_le() })
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

    const WINDOW: Window = Window { items: 64, bytes: 7 };

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
            Frame::Pong { beat: 3, clock: 9 },
            Frame::Open { id: 4, clock: 5, timeout_ms: 6, window: WINDOW, body: body.clone() },
            Frame::Open { id: 4, clock: 5, timeout_ms: 6, window: WINDOW, body: Bytes::new() },
            Frame::Opened { id: u64::MAX },
            Frame::Item { id: 5, body },
            Frame::Item { id: 5, body: Bytes::new() },
            Frame::End { id: 6 },
            Frame::Credit { id: 7, taken: Amount { items: u32::MAX.into(), bytes: u64::MAX } },
            Frame::Cancel { id: 8 },
        ] {
            assert_eq!(Frame::decode(frame.encode()), Ok(frame));
        }
    }

    /// Older nodes tell something with each pong.
    #[test]
    fn what_comes_with_a_pong_is_passed_over() {
        let pong = Frame::Pong { beat: 3, clock: 9 };
        let told = [&pong.encode()[..], b"facts"].concat();
        assert_eq!(Frame::decode(told.into()), Ok(pong));
    }

    /// What nodes have sent each other since there are streams. A change breaks rolling upgrades.
    #[test]
    fn the_frames_of_streams_keep_their_bytes_over_releases() {
        let id = 0x0102_0304_0506_0708;
        let open = Frame::Open { id, clock: 9, timeout_ms: 10, window: WINDOW, body: "ab".into() };
        let golden = b"\x05\x08\x07\x06\x05\x04\x03\x02\x01\x09\0\0\0\0\0\0\0\x0a\0\0\0\x40\0\0\0\x07\0\0\0ab";
        assert_eq!(&open.encode()[..], golden);
        let kinds = [
            Frame::Opened { id }.encode(),
            Frame::Item { id, body: Bytes::new() }.encode(),
            Frame::End { id }.encode(),
            Frame::Credit { id, taken: Amount::default() }.encode(),
            Frame::Cancel { id }.encode(),
        ];
        for (kind, bytes) in (6..).zip(kinds) {
            let golden = [&[kind], &id.to_le_bytes()[..], &[0; 12]].concat();
            assert_eq!(bytes, golden);
        }
        let credit = Frame::Credit { id, taken: Amount { items: 2, bytes: 3 } };
        let golden = b"\x09\x08\x07\x06\x05\x04\x03\x02\x01\x03\0\0\0\0\0\0\0\x02\0\0\0";
        assert_eq!(&credit.encode()[..], golden);
    }

    #[test]
    fn what_is_no_frame_is_malformed() {
        let short = Frame::Ping { beat: 1, clock: 1 }.encode().slice(..HEAD_BYTES - 1);
        assert_eq!(Frame::decode(short), Err(Malformed));
        let mut unknown = vec![0; HEAD_BYTES];
        unknown[0] = 77;
        assert_eq!(Frame::decode(unknown.into()), Err(Malformed));
        let mut without_window = vec![0; HEAD_BYTES + WINDOW_BYTES - 1];
        without_window[0] = OPEN;
        assert_eq!(Frame::decode(without_window.into()), Err(Malformed));
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
                *kind %= 14;
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
