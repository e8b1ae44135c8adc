//! The secret that the nodes of one cluster share.

use std::{fmt, fmt::Write as _};

/// 32 random bytes that prove membership. Never shown.
#[derive(Clone)]
pub struct ClusterSecret([u8; 32]);

impl ClusterSecret {
    /// Takes the bytes as they are: they must come from a random source, not from a passphrase,
    /// because who sees a handshake may guess a weak secret offline.
    pub const fn new(bytes: [u8; 32]) -> Self {
        Self(bytes)
    }

    /// The form in which `ractor_cluster` takes it.
    pub(super) fn cookie(&self) -> String {
        self.0.iter().fold(String::with_capacity(64), |mut cookie, byte| {
            write!(cookie, "{byte:02x}").expect("a string takes all that is written");
            cookie
        })
    }
}

impl fmt::Debug for ClusterSecret {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.write_str("ClusterSecret(..)")
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_secret_is_a_hexadecimal_cookie_and_never_shown() {
        let secret = ClusterSecret::new([0xab; 32]);
        assert_eq!(secret.cookie(), "ab".repeat(32));
        assert!(!format!("{secret:?}").contains("ab"));
    }
}
