//! The processes of a node: their identity, their names, and what is known of each.

mod address;
mod elsewhere;
mod id;
mod lookup;
mod name;
mod names;
mod snapshot;
mod supervisor;
mod table;

pub use address::{InvalidProcessAddress, ProcessAddress};
pub use elsewhere::Elsewhere;
pub(crate) use elsewhere::Roots;
pub use id::{InvalidProcessId, ProcessId};
pub use name::{InvalidProcessName, ProcessName};
pub use names::{NameTaken, Names};
pub use snapshot::{Process, ProcessStatus};
pub(crate) use supervisor::{ChildEnded, Supervisor};
pub use table::ProcessTable;
