//! The randomness of the system, from a seed.
//!
//! Keys of hash maps, the choices of tokio's `select!` and of chitchat's partners come from
//! `getrandom`. This binary defines that function, so that a run can be repeated bit for bit. Each
//! thread has a sequence of its own: what the harness of the tests draws changes nothing.

use std::{
    cell::Cell,
    ffi::{c_uint, c_void},
};

thread_local! {
    static STATE: Cell<u64> = const { Cell::new(0) };
}

/// Begins the sequence of this thread.
pub(crate) fn begin(seed: u64) {
    STATE.set(seed);
}

/// A number of the sequence of this thread (splitmix64).
fn next() -> u64 {
    // A thread that ends may still ask.
    let counted = STATE.try_with(|state| {
        state.set(state.get().wrapping_add(0x9e37_79b9_7f4a_7c15));
        state.get()
    });
    let counted = counted.unwrap_or_default();
    let mixed = (counted ^ (counted >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
    let mixed = (mixed ^ (mixed >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
    mixed ^ (mixed >> 31)
}

/// Takes the place of the function of the C library, in this binary alone.
#[expect(unsafe_code, reason = "there is no other way to the randomness of the standard library")]
#[unsafe(no_mangle)]
extern "C" fn getrandom(buffer: *mut c_void, length: usize, _: c_uint) -> isize {
    for offset in 0..length {
        let [byte, ..] = next().to_le_bytes();
        // SAFETY: the caller gives a buffer of this length, as it has to by the manual of the function.
        unsafe { buffer.cast::<u8>().add(offset).write(byte) };
    }
    isize::try_from(length).expect("no buffer is longer")
}
