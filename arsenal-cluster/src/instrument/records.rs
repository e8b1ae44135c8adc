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

/// What a thread found for a number.
#[derive(Clone)]
enum Found {
    Nothing,
    /// The number stands here too, so that only what senders write of the record is touched.
    Record {
        local: u64,
        record: Arc<Record>,
    },
    /// There was none in this tick. An actor may be given to others before it has started.
    None {
        local: u64,
        tick: u32,
    },
}

thread_local! {
    static LAST_FOUND: RefCell<[Found; REMEMBERED]> =
        const { RefCell::new([const { Found::Nothing }; REMEMBERED]) };
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
            if let Found::Record { local: last, record } = found
                && *last == local
            {
                return Some(look(record));
            }
            look_again(local, found).map(|record| look(&record))
        })
        // The thread ends.
        .unwrap_or_default()
}

#[cold]
fn look_again(local: u64, found: &mut Found) -> Option<Arc<Record>> {
    let now = clock::tick();
    if let Found::None { local: last, tick } = found
        && (*last, *tick) == (local, now)
    {
        return None;
    }
    let record = get(local);
    *found = match record.clone() {
        Some(record) => Found::Record { local, record },
        None => Found::None { local, tick: now },
    };
    record
}
