//! What is counted of one instrumented actor.
//!
//! Two groups of numbers, on cache lines of their own: those that only the actor writes, one at a time
//! and so without locked instructions, and those that its senders write. Readers may see one number
//! before another; none of them goes back.

use std::{
    any::TypeId,
    sync::{
        OnceLock,
        atomic::{AtomicBool, AtomicU8, AtomicU16, AtomicU32, AtomicU64, Ordering::Relaxed},
    },
    time::Duration,
};

use super::{
    clock,
    control::Control,
    histogram::Histogram,
    history::{End, History},
    home::Home,
    parcel::Arrival,
    send_times::SendTimes,
};
use crate::message::{MessageSpec, StateSpec, message_spec, state_spec};

/// Of so many messages that come within a tick, one is measured.
const MEASURED_ONE_IN: u64 = 64;

/// No process has this number.
const NOBODY: u64 = u64::MAX;

/// No variant has this number.
const NO_VARIANT: u16 = u16::MAX;

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
    /// How many failures of its like were before it, see [`super::lineage`].
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
    /// How many had been taken at the last measurement, and when that was.
    measured_through: AtomicU64,
    measured_at: AtomicU32,
    /// When its handler began, to the tick.
    began: AtomicU32,
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
    pub(crate) fn taken(&self, arrival: &Arrival) -> bool {
        let own = &self.own;
        if arrival.is_uncounted {
            // It came from another node, or before there was a record.
            self.senders.sent.fetch_add(1, Relaxed);
        }
        let taken = bump(&own.taken);
        let tick = clock::tick();
        own.began.store(tick, Relaxed);
        own.variant.store(arrival.variant.unwrap_or(NO_VARIANT), Relaxed);
        let weight = taken - own.measured_through.load(Relaxed);
        let is_due = weight >= MEASURED_ONE_IN
            || own.measured_at.load(Relaxed) != tick
            || self.is(Flag::Full);
        if !is_due {
            return false;
        }
        if weight > 1 {
            self.repeat_measurement(weight - 1, tick);
        }
        own.measured_through.store(taken, Relaxed);
        own.measured_at.store(tick, Relaxed);
        true
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

    pub(crate) fn supervisor(&self) -> Option<u64> {
        Some(self.supervisor.load(Relaxed)).filter(|local| *local != NOBODY)
    }

    pub(crate) fn started_under(&self, supervisor: Option<u64>, restarts: u32) {
        self.supervisor.store(supervisor.unwrap_or(NOBODY), Relaxed);
        self.restarts.store(restarts, Relaxed);
    }

    pub(crate) fn restarts(&self) -> u32 {
        self.restarts.load(Relaxed)
    }

    pub(crate) fn is_protected(&self) -> bool {
        self.is_protected.load(Relaxed)
    }

    pub(crate) fn protect(&self) {
        self.is_protected.store(true, Relaxed);
    }

    /// The name that its node knows it by; given once.
    pub(crate) fn set_name(&self, name: &str) {
        self.name.get_or_init(|| name.into());
    }

    pub(crate) fn name(&self) -> Option<&str> {
        self.name.get().map(AsRef::as_ref)
    }

    /// How it is going to end; what was said first counts.
    pub(crate) fn ends(&self, end: End) {
        self.end.get_or_init(|| {
            if matches!(end, End::Failed { .. }) {
                // Now, and not when it has ended: its supervisor may replace it before.
                History::of(self.home).fails(self.supervisor(), self.types.actor);
            }
            Box::new(end)
        });
    }

    pub(crate) fn end(&self) -> Option<End> {
        self.end.get().map(|end| (**end).clone())
    }

    pub(crate) fn control_if_any(&self) -> Option<&Control> {
        self.control.get().map(AsRef::as_ref)
    }

    /// What can be asked of it while it runs; made when it is first asked for.
    pub(crate) fn control(&self) -> &Control {
        self.control.get_or_init(Box::default)
    }
}

/// The numbers of a record at one moment.
#[derive(Clone, Copy, Debug, PartialEq)]
pub(crate) struct Counts {
    /// None where its messages are not counted when they are sent.
    pub(crate) sent: Option<u64>,
    pub(crate) taken: u64,
    pub(crate) handled: u64,
    pub(crate) busy_nanos: u64,
}

/// What a handler does that has not ended.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct Handling {
    /// The name of the variant, where it is known.
    pub(crate) message: Option<&'static str>,
    /// For how long. Exact from the moment when it had to wait for something, else to 0.1 s.
    pub(crate) duration: Duration,
    /// Whether it waits for something; else it keeps a thread busy.
    pub(crate) waits: bool,
}

impl Record {
    pub(crate) fn counts(&self) -> Counts {
        let own = &self.own;
        // First what leaves the mailbox, then what enters it: so there are never more taken than sent.
        let (handled, taken) = (own.handled.load(Relaxed), own.taken.load(Relaxed));
        let sent = self.senders.sent.load(Relaxed);
        let is_counted = self.types.message_spec.is_some() || sent > 0;
        let busy_nanos = own.busy_nanos.load(Relaxed);
        Counts { sent: is_counted.then_some(sent), taken, handled, busy_nanos }
    }

    /// For how long it kept a thread busy since this was asked last: for whoever measures the node, and
    /// nobody else.
    pub(crate) fn take_busy(&self) -> Duration {
        let busy = self.own.busy_nanos.load(Relaxed);
        let before = self.busy_measured.swap(busy, Relaxed);
        Duration::from_nanos(busy.saturating_sub(before))
    }

    /// How many messages wait. None where they are not counted.
    pub(crate) fn depth(&self) -> Option<u64> {
        let counts = self.counts();
        counts.sent.map(|sent| sent.saturating_sub(counts.taken))
    }

    /// How long the oldest message has waited at least. None where none waits.
    pub(crate) fn oldest(&self, now: u64) -> Option<Duration> {
        self.depth().filter(|depth| *depth > 0)?;
        let tick = self.senders.times.get()?.sent_at(self.own.taken.load(Relaxed))?;
        Some(Duration::from_nanos(now.saturating_sub(clock::nanos_of(tick.saturating_add(1)))))
    }

    /// What it does now. None where no handler runs.
    pub(crate) fn handling(&self, now: u64) -> Option<Handling> {
        let own = &self.own;
        let waits_since = own.waits_since.load(Relaxed);
        let (handled, taken) = (own.handled.load(Relaxed), own.taken.load(Relaxed));
        if taken == handled {
            return None;
        }
        let since = match waits_since {
            0 => clock::nanos_of(own.began.load(Relaxed)),
            since => since,
        };
        let variants = self.types.message_spec.map(|spec| spec.variants).unwrap_or_default();
        let message = variants.get(usize::from(own.variant.load(Relaxed))).map(|one| one.name);
        let duration = Duration::from_nanos(now.saturating_sub(since));
        Some(Handling { message, duration, waits: waits_since != 0 })
    }

    /// The bound below which this part of its handlers' durations is.
    pub(crate) fn duration_quantile(&self, part: f64) -> Option<Duration> {
        self.own.durations.get()?.quantile(part)
    }

    /// The longest handler that was measured.
    pub(crate) fn longest(&self) -> Option<Duration> {
        let nanos = self.own.longest_nanos.load(Relaxed);
        (self.measurements() > 0).then(|| Duration::from_nanos(nanos))
    }

    /// How many handlers were measured.
    pub(crate) fn measurements(&self) -> u64 {
        self.own.measured.load(Relaxed)
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
