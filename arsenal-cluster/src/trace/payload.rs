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
    let mut text = Shortened { text: String::new(), left: PAYLOAD_CHARS_MAX, in_port: None };
    // Its `Debug` is the program's: what it does must not reach who sends.
    let written = catch_unwind(AssertUnwindSafe(|| write!(text, "{message:?}")));
    match written {
        Ok(Ok(())) => {}
        Ok(Err(fmt::Error)) => text.text.push('…'),
        Err(_panic) => text.text = String::from("(its Debug panicked)"),
    }
    text.text.into()
}

/// What ractor's port for replies is called. What is inside of it would take all the room, and says nothing.
const PORT: &str = "RpcReplyPort";

struct Shortened {
    text: String,
    left: usize,
    /// How many braces are open since the name of a port.
    in_port: Option<usize>,
}

impl Write for Shortened {
    fn write_str(&mut self, text: &str) -> fmt::Result {
        if self.is_inside_of_port(text) {
            return Ok(());
        }
        self.in_port = (text == PORT).then_some(0);
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

impl Shortened {
    /// A derived `Debug` writes the name of a struct, its braces and what is between them apart.
    fn is_inside_of_port(&mut self, text: &str) -> bool {
        let Some(open) = self.in_port else { return false };
        if open == 0 && !text.starts_with(" {") {
            return false;
        }
        let open = (open + text.matches('{').count()).saturating_sub(text.matches('}').count());
        self.in_port = (open > 0).then_some(open);
        true
    }
}

#[cfg(test)]
mod tests {
    use ractor::{RpcReplyPort, concurrency::oneshot};

    use super::*;

    #[test]
    fn a_long_message_is_shown_by_its_beginning() {
        assert_eq!(&*shortened(&"ä".repeat(10)), format!("{:?}", "ä".repeat(10)));
        let long = shortened(&vec!["ä"; 1_000_000]);
        assert_eq!(long.chars().count(), PAYLOAD_CHARS_MAX + 1);
        assert!(long.starts_with(r#"["ä", "ä""#) && long.ends_with('…'), "{long}");
    }

    #[test]
    fn a_port_for_replies_is_shown_by_its_name() {
        #[derive(Debug)]
        #[expect(dead_code, reason = "shown")]
        enum Ask {
            Get(RpcReplyPort<u32>, &'static str),
            Put { reply: Option<RpcReplyPort<u32>>, value: u8 },
        }
        let port = || RpcReplyPort::from(oneshot().0);
        let get = Ask::Get(port(), "RpcReplyPort");
        assert_eq!(&*shortened(&get), r#"Get(RpcReplyPort, "RpcReplyPort")"#);
        let put = Ask::Put { reply: Some(port()), value: 7 };
        assert_eq!(&*shortened(&put), "Put { reply: Some(RpcReplyPort), value: 7 }");
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
