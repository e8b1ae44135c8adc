//! What a node proves itself with, and what its HTTP clients do: made at first start, never shown.

mod certificates;
mod node;
mod random;
mod secret;
mod token;

pub(crate) use node::Credentials;
pub(crate) use secret::Secret;
pub(crate) use token::Token;
