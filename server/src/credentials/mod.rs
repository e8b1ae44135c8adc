//! What a node proves itself with, and what its HTTP clients do: made at first start, never shown.

mod random;
mod secret;
mod token;

pub(crate) use secret::Secret;
pub(crate) use token::Token;
