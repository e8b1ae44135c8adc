//! What `arsenal dev` says to the person in front of it: standard output, apart from the nodes' logs.

use std::{fmt::Display, io::Write as _};

/// Writes one message. Where nobody listens any more, the cluster goes on.
pub(super) fn say(message: impl Display) {
    drop(writeln!(std::io::stdout().lock(), "{message}"));
}
