//! What is counted of one instrumented actor.
//!
//! Two groups of numbers, on cache lines of their own: those that only the actor writes, one at a time
//! and so without locked instructions, and those that its senders write. Readers may see one number
//! before another; none of them goes back.

mod identity;
mod reading;

use std::{
    any::TypeId,
    sync::{
        OnceLock,
        atomic::{
            AtomicBool, AtomicU8, AtomicU16, AtomicU32, AtomicU64,
            Ordering::{Relaxed, Release},
        },
    },
    time::Duration,
};

pub(crate) use self::reading::Counts;
use super::{
    clock, control::Control, histogram::Histogram, history::End, home::Home, parcel::Arrival,
    send_times::SendTimes,
};
use crate::message::{MessageSpec, StateSpec, message_spec, state_spec};

/// Of so many messages that come within a tick, one is measured.
const MEASURED_ONE_IN: u64 = 64;

/// No process has this number.
const NOBODY: u64 = u64::MAX;

/// Nothing is measured in this tick: it is 13 years away.
const NEVER: u32 = u32::MAX;

/// What is counted of an actor, from before its start until nobody looks any more.
pub(crate) struct Record {
    /// Its number in ractor.
    pub(crate) local: u64,
    pub(crate) home: Home,
    /// In nanoseconds, see [`clock::nanos`].
    pub(crate) started_at: u64,
    pub(crate) types: Types,
    supervisor: AtomicU64,
    /// How many failures of its like were before it, see [`super::history`].
    restarts: AtomicU32,
    is_protected: AtomicBool,
    /// How much of its busy time the last measurement had seen, in nanoseconds.
    busy_measured: AtomicU64,
    name: OnceLock<Box<str>>,
    end: OnceLock<Box<End>>,
    control: OnceLock<Box<Control>>,
    own: Own,
    senders: Senders,
}

/// What an actor is made of.
#[derive(Clone, Copy)]
pub(crate) struct Types {
    /// The type of its handler, with its modules.
    pub(crate) actor: &'static str,
    /// The type of its messages, with its modules.
    pub(crate) message: &'static str,
    /// The type of its state, with its modules.
    pub(crate) state: &'static str,
    /// What its messages say of themselves, if they derive it.
    pub(crate) message_spec: Option<&'static MessageSpec>,
    /// What its state says of itself, if it derives it.
    pub(crate) state_spec: Option<&'static StateSpec>,
}

/// Written by the actor only, but for the flags. What is written for each message comes first and shares
/// a cache line.
#[derive(Default)]
#[repr(C, align(64))]
struct Own {
    taken: AtomicU64,
    handled: AtomicU64,
    /// How many had been taken at the last measurement, and when that was: in the tick of the last message,
    /// for the first of each tick is measured.
    measured_through: AtomicU64,
    measured_at: AtomicU32,
    /// The variant that was taken last.
    variant: AtomicU16,
    flags: AtomicU8,
    /// When the running handler had to wait for the first time, in nanoseconds; zero if it has not.
    waits_since: AtomicU64,
    /// How long the handler that was measured last took, and how much of that it kept a thread busy.
    last_nanos: AtomicU64,
    last_busy_nanos: AtomicU64,
    busy_nanos: AtomicU64,
    longest_nanos: AtomicU64,
    /// How many were measured.
    measured: AtomicU64,
    /// Of a running handler that is measured and has waited: when it was first polled, and for how long
    /// it was, in nanoseconds.
    polled_since: AtomicU64,
    polled_nanos: AtomicU64,
    durations: OnceLock<Box<Histogram>>,
}

/// Written by senders.
#[derive(Default)]
#[repr(align(64))]
struct Senders {
    sent: AtomicU64,
    /// The tick of the last message, plus one.
    last: AtomicU32,
    /// Whether what is sent to it is told to traces.
    is_traced: AtomicBool,
    times: OnceLock<Box<SendTimes>>,
}

/// What a record is asked to do for each message. None of them is the usual case.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[repr(u8)]
pub(crate) enum Flag {
    /// Messages wait until it is resumed.
    Paused = 1,
    /// Every message is measured.
    Full = 2,
    /// What happens to messages is told to traces.
    Traced = 4,
}

impl Types {
    /// Of an actor with this handler, these messages and this state.
    pub(crate) fn of<A, M: 'static, S: 'static>() -> Self {
        Self {
            actor: std::any::type_name::<A>(),
            message: std::any::type_name::<M>(),
            state: std::any::type_name::<S>(),
            message_spec: message_spec(TypeId::of::<M>()),
            state_spec: state_spec(TypeId::of::<S>()),
        }
    }
}

impl Record {
    pub(crate) fn new(local: u64, types: Types) -> Self {
        let own = Own::default();
        own.measured_at.store(NEVER, Relaxed);
        Self {
            local,
            home: Home::current(),
            started_at: clock::nanos(),
            types,
            supervisor: AtomicU64::new(NOBODY),
            restarts: AtomicU32::new(0),
            is_protected: AtomicBool::new(false),
            busy_measured: AtomicU64::new(0),
            name: OnceLock::new(),
            end: OnceLock::new(),
            control: OnceLock::new(),
            own,
            senders: Senders::default(),
        }
    }

    /// A message is on its way.
    #[inline]
    pub(crate) fn sent(&self) {
        let number = self.senders.sent.fetch_add(1, Relaxed);
        let tick = clock::tick();
        let stamp = tick.wrapping_add(1);
        if self.senders.last.load(Relaxed) != stamp {
            self.senders.last.store(stamp, Relaxed);
            let times = self.senders.times.get_or_init(Box::default);
            times.mark(number, tick, || self.own.taken.load(Relaxed));
        }
    }

    /// A message was taken from the mailbox, and its handler begins. Answers whether it is measured.
    #[inline]
    pub(crate) fn taken(&self, arrival: Arrival) -> bool {
        let own = &self.own;
        if arrival.is_uncounted {
            // It came from another node, or before there was a record.
            self.senders.sent.fetch_add(1, Relaxed);
        }
        let taken = own.taken.load(Relaxed).wrapping_add(1);
        let tick = clock::tick();
        own.variant.store(arrival.variant, Relaxed);
        let weight = taken.wrapping_sub(own.measured_through.load(Relaxed));
        let is_due = weight >= MEASURED_ONE_IN
            || own.measured_at.load(Relaxed) != tick
            || self.is(Flag::Full);
        if is_due {
            self.begin_measurement(taken, weight, tick);
        }
        // Last: whoever sees it sees when it began.
        own.taken.store(taken, Release);
        is_due
    }

    fn begin_measurement(&self, taken: u64, weight: u64, tick: u32) {
        if weight > 1 {
            self.repeat_measurement(weight - 1, tick);
        }
        self.own.measured_through.store(taken, Relaxed);
        self.own.measured_at.store(tick, Relaxed);
    }

    /// So many messages since the last measurement were not measured: they are taken to be like that one,
    /// and together no longer than the time since then.
    fn repeat_measurement(&self, times: u64, tick: u32) {
        let own = &self.own;
        let busy = own.last_busy_nanos.load(Relaxed).saturating_mul(times);
        let ticks = tick.saturating_sub(own.measured_at.load(Relaxed)).saturating_add(1);
        add(&own.busy_nanos, busy.min(clock::nanos_of(ticks)));
        let times = u32::try_from(times).unwrap_or(u32::MAX);
        own.durations.get_or_init(Box::default).add(own.last_nanos.load(Relaxed), times);
    }

    /// The running handler waits for something. Where it is measured, its last poll took so long.
    pub(crate) fn waits(&self, is_first_time: bool, took: Option<Duration>) {
        let own = &self.own;
        let took = took.map_or(0, nanos);
        if !is_first_time {
            add(&own.polled_nanos, took);
            return;
        }
        let now = clock::nanos();
        own.polled_since.store(now.saturating_sub(took), Relaxed);
        own.polled_nanos.store(took, Relaxed);
        own.waits_since.store(now.max(1), Relaxed);
    }

    /// The running handler has ended, in whatever way. Where it is measured, its last poll took so long.
    #[inline]
    pub(crate) fn ended(&self, is_measured: bool, has_waited: bool, took: Option<Duration>) {
        if is_measured {
            self.measured(has_waited, took);
        }
        if has_waited {
            self.own.waits_since.store(0, Relaxed);
        }
        bump(&self.own.handled);
    }

    fn measured(&self, has_waited: bool, took: Option<Duration>) {
        let own = &self.own;
        let last = took.map_or(0, nanos);
        let (took, busy) = if has_waited {
            let took = clock::nanos().saturating_sub(own.polled_since.load(Relaxed));
            (took, own.polled_nanos.load(Relaxed).saturating_add(last))
        } else {
            (last, last)
        };
        bump(&own.measured);
        add(&own.busy_nanos, busy);
        own.last_busy_nanos.store(busy, Relaxed);
        own.last_nanos.store(took, Relaxed);
        own.longest_nanos.store(own.longest_nanos.load(Relaxed).max(took), Relaxed);
        own.durations.get_or_init(Box::default).add(took, 1);
    }

    #[inline]
    pub(crate) fn is(&self, flag: Flag) -> bool {
        self.own.flags.load(Relaxed) & flag as u8 != 0
    }

    /// Whether messages go the usual way: neither held back nor traced.
    #[inline]
    pub(crate) fn is_plain(&self) -> bool {
        self.own.flags.load(Relaxed) & (Flag::Paused as u8 | Flag::Traced as u8) == 0
    }

    pub(crate) fn set(&self, flag: Flag, is_set: bool) {
        let bit = flag as u8;
        if is_set {
            self.own.flags.fetch_or(bit, Relaxed);
        } else {
            self.own.flags.fetch_and(!bit, Relaxed);
        }
        if flag == Flag::Traced {
            self.senders.is_traced.store(is_set, Relaxed);
        }
    }

    /// Whether what is sent to it is told to traces.
    #[inline]
    pub(crate) fn is_traced(&self) -> bool {
        self.senders.is_traced.load(Relaxed)
    }
}

/// One writer: load and store need not be one step.
#[inline]
fn bump(counter: &AtomicU64) -> u64 {
    let next = counter.load(Relaxed).wrapping_add(1);
    counter.store(next, Relaxed);
    next
}

/// One writer, as [`bump`].
fn add(counter: &AtomicU64, more: u64) {
    counter.store(counter.load(Relaxed).saturating_add(more), Relaxed);
}

fn nanos(duration: Duration) -> u64 {
    u64::try_from(duration.as_nanos()).unwrap_or(u64::MAX)
}
