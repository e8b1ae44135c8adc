//! How much of a stream may be under way. Pure.

/// Items of one stream that may be on their way or wait to be read.
pub const STREAM_ITEMS_MAX: u32 = 64;

/// Bytes of one stream that may be on their way or wait to be read, and one item more: four pages of
/// 1 MiB. So a stream holds at most 5 MiB here, and all streams of one peer at most 330 MiB.
pub const STREAM_BYTES_MAX: u32 = 4 << 20;

/// What a reader has room for. Nothing is sent from where one of the two is reached, so the bytes may be
/// more by one item.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct Window {
    pub(super) items: u32,
    pub(super) bytes: u32,
}

impl Window {
    /// What this node has room for.
    pub(super) const OURS: Self = Self { items: STREAM_ITEMS_MAX, bytes: STREAM_BYTES_MAX };

    /// The most that a node sends ahead, whatever a reader has room for; a bound on what waits for its
    /// connection. No version may ask for more: credit comes back once per half of what was asked for.
    pub(super) const LARGEST: Self = Self { items: 1024, bytes: 64 << 20 };

    pub(super) fn at_most(self, other: Self) -> Self {
        Self { items: self.items.min(other.items), bytes: self.bytes.min(other.bytes) }
    }
}

/// Some items of a stream.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(super) struct Amount {
    pub(super) items: u64,
    pub(super) bytes: u64,
}

impl Amount {
    /// One item of this length.
    pub(super) const fn one(bytes: usize) -> Self {
        Self { items: 1, bytes: bytes as u64 }
    }

    pub(super) const fn add(&mut self, other: Self) {
        self.items = self.items.saturating_add(other.items);
        self.bytes = self.bytes.saturating_add(other.bytes);
    }

    /// More than there is counts for nothing.
    pub(super) const fn subtract(&mut self, other: Self) {
        self.items = self.items.saturating_sub(other.items);
        self.bytes = self.bytes.saturating_sub(other.bytes);
    }

    /// Whether nothing more may be sent.
    pub(super) const fn fills(self, window: Window) -> bool {
        self.items >= window.items as u64 || self.bytes >= window.bytes as u64
    }

    /// Whether it is time to return it as credit: once per half window, so that the other side goes on
    /// sending meanwhile.
    pub(super) const fn fills_half(self, window: Window) -> bool {
        self.fills(Window { items: window.items / 2, bytes: window.bytes / 2 })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_window_is_full_of_many_items_or_of_large_ones() {
        let (mut small, mut large) = (Amount::default(), Amount::default());
        for _ in 0..63 {
            small.add(Amount::one(100));
        }
        for _ in 0..3 {
            large.add(Amount::one(1 << 20));
        }
        assert!(!small.fills(Window::OURS) && !large.fills(Window::OURS));
        small.add(Amount::one(0));
        large.add(Amount::one(3 << 20));
        assert!(small.fills(Window::OURS) && large.fills(Window::OURS));
        large.subtract(Amount { items: 9, bytes: u64::MAX });
        assert_eq!(large, Amount::default());
    }

    #[test]
    fn a_reader_that_has_taken_all_returns_it_in_any_window() {
        for window in [Window::OURS, Window::LARGEST, Window { items: 1, bytes: 1 }] {
            for bytes in [0, 1, 1 << 20] {
                let mut sent = Amount::default();
                while !sent.fills(window) {
                    sent.add(Amount::one(bytes));
                }
                assert!(sent.fills_half(window), "{window:?}");
            }
        }
    }
}
