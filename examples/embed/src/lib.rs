//! A warehouse: what of the program is the same without Arsenal and with it.
//!
//! Orders come in over HTTP at any node. A packer of any node packs them; the packers of all nodes are in one
//! process group. Each node keeps count of what it took in.

pub mod nodes;
pub mod settings;
pub mod tally;
