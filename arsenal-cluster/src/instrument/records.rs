//! The records of all instrumented actors of this process, by ractor's number.
//!
//! This is one of the few statics: where a message is sent, ractor gives nothing but that number. Each
//! thread keeps the records that it found last, so that sending to the same actors again costs a
//! comparison, and neither a lock nor a shared cache line.

use std::{
    cell::RefCell,
    sync::{Arc, LazyLock},
};

use dashmap::DashMap;

use super::{
    clock,
    record::{Record, Types},
};

/// Records that a thread remembers; a power of two.
const REMEMBERED: usize = 256;

static RECORDS: LazyLock<DashMap<u64, Arc<Record>>> = LazyLock::new(DashMap::new);

/// What a thread found for a number. The number stands here too, so that only what senders write of the
/// record is touched.
struct Found {
    local: u64,
    /// None where there was none in this tick: an actor may be given to others before it has started.
    record: Option<Arc<Record>>,
    tick: u32,
}

impl Found {
    const NOTHING: Self = Self { local: u64::MAX, record: None, tick: 0 };
}

thread_local! {
    static LAST_FOUND: RefCell<[Found; REMEMBERED]> =
        const { RefCell::new([Found::NOTHING; REMEMBERED]) };
}

/// The record of an actor that starts; made here if it was not before.
pub(crate) fn begin(local: u64, types: Types) -> Arc<Record> {
    let made = || Arc::new(Record::new(local, types));
    let record = Arc::clone(&*RECORDS.entry(local).or_insert_with(made));
    clock::keep_ticking();
    record
}

/// The actor has ended.
pub(crate) fn end(local: u64) {
    RECORDS.remove(&local);
}

/// The record of an actor that runs.
pub(crate) fn get(local: u64) -> Option<Arc<Record>> {
    RECORDS.get(&local).map(|record| Arc::clone(&record))
}

/// All records, in no order.
pub(crate) fn each(mut look: impl FnMut(&Arc<Record>)) {
    for record in RECORDS.iter() {
        look(&record);
    }
}

pub(crate) fn is_empty() -> bool {
    RECORDS.is_empty()
}

/// Looks at the record of an actor that is sent something; none where it has none.
#[inline]
pub(crate) fn look<T>(local: u64, look: impl FnOnce(&Record) -> T) -> Option<T> {
    LAST_FOUND
        .try_with(|found| {
            let mut found = found.borrow_mut();
            let index = usize::try_from(local).unwrap_or_default() % REMEMBERED;
            let found = found.get_mut(index)?;
            if found.local != local || (found.record.is_none() && found.tick != clock::tick()) {
                *found = Found::now(local);
            }
            found.record.as_deref().map(look)
        })
        // The thread ends.
        .unwrap_or_default()
}

impl Found {
    #[cold]
    fn now(local: u64) -> Self {
        Self { local, record: get(local), tick: clock::tick() }
    }
}
