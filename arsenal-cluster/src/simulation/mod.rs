//! A whole cluster in one process, on virtual time: to rehearse a partition on a laptop, and to try
//! thousands of them in a test.

mod fault;
mod world;

pub use fault::Links;
pub use world::{TURN, World};
