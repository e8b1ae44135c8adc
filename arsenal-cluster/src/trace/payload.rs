//! What a message holds, as far as traces show it.

use std::{
    fmt::{self, Debug, Write},
    panic::{AssertUnwindSafe, catch_unwind},
    sync::Arc,
};

/// Characters of a message that an event shows.
pub(super) const PAYLOAD_CHARS_MAX: usize = 256;

/// The beginning of a message. Nothing beyond it is written, so that a large message costs no more.
pub(super) fn shortened(message: &dyn Debug) -> Arc<str> {
    let mut text = Shortened { text: String::new(), left: PAYLOAD_CHARS_MAX };
    // Its `Debug` is the program's: what it does must not reach who sends.
    let written = catch_unwind(AssertUnwindSafe(|| write!(text, "{message:?}")));
    match written {
        Ok(Ok(())) => {}
        Ok(Err(fmt::Error)) => text.text.push('…'),
        Err(_panic) => text.text = String::from("(its Debug panicked)"),
    }
    text.text.into()
}

struct Shortened {
    text: String,
    left: usize,
}

impl Write for Shortened {
    fn write_str(&mut self, text: &str) -> fmt::Result {
        match text.char_indices().nth(self.left) {
            None => {
                self.left -= text.chars().count();
                self.text.push_str(text);
                Ok(())
            }
            Some((end, _)) => {
                self.left = 0;
                self.text.push_str(text.get(..end).unwrap_or_default());
                Err(fmt::Error)
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_long_message_is_shown_by_its_beginning() {
        assert_eq!(&*shortened(&"ä".repeat(10)), format!("{:?}", "ä".repeat(10)));
        let long = shortened(&vec!["ä"; 1_000_000]);
        assert_eq!(long.chars().count(), PAYLOAD_CHARS_MAX + 1);
        assert!(long.starts_with(r#"["ä", "ä""#) && long.ends_with('…'), "{long}");
    }

    #[test]
    fn a_message_that_cannot_be_shown_harms_nobody() {
        struct Bad;
        impl Debug for Bad {
            fn fmt(&self, _: &mut fmt::Formatter<'_>) -> fmt::Result {
                panic!("no")
            }
        }
        assert_eq!(&*shortened(&Bad), "(its Debug panicked)");
    }
}
