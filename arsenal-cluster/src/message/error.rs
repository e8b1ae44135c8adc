//! Why a message from JSON had no effect, or none that is known.

use std::fmt;

use arsenal_core::decode::Misread;

use super::EncodeError;

/// Why a message was not sent, or has no reply.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum MessageError {
    /// The JSON is no message of the type. Nothing was sent.
    Invalid(Misread),
    /// A reply was asked for, and this variant has none. Nothing was sent.
    NotACall(&'static str),
    /// The actor takes messages of another type. Nothing was sent.
    OtherType,
    /// The actor has ended, or takes no more messages. It did not get this one.
    Ended,
    /// The actor let go of the message without a reply: it refused, failed or ended.
    NoReply,
    /// The actor replied, but with what cannot be shown.
    Unencodable(EncodeError),
}

impl MessageError {
    /// JSON that is wrong at a place.
    pub(super) fn invalid(pointer: impl Into<String>, message: impl Into<String>) -> Self {
        Self::Invalid(Misread { pointer: pointer.into(), message: message.into() })
    }
}

impl From<Misread> for MessageError {
    fn from(misread: Misread) -> Self {
        Self::Invalid(misread)
    }
}

impl fmt::Display for MessageError {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Invalid(Misread { pointer, message }) if pointer.is_empty() => {
                write!(formatter, "the message is wrong: {message}")
            }
            Self::Invalid(Misread { pointer, message }) => {
                write!(formatter, "the message is wrong at `{pointer}`: {message}")
            }
            Self::NotACall(variant) => write!(formatter, "`{variant}` has no reply: send it"),
            Self::OtherType => formatter.write_str("the actor takes messages of another type"),
            Self::Ended => formatter.write_str("the actor has ended"),
            Self::NoReply => formatter.write_str("the actor gave no reply"),
            Self::Unencodable(error) => write!(formatter, "the reply {error}"),
        }
    }
}

impl std::error::Error for MessageError {}
