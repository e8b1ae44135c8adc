//! A process as far as it says who it is. Cheap: nothing of it is counted or walked.

use arsenal_core::name::NodeName;
use ractor::ActorCell;
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use super::{ProcessId, ProcessTable};
use crate::instrument::{records, short_type};

/// Who a process is.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
pub struct NamedProcess {
    /// Its identity in the cluster.
    pub pid: ProcessId,
    /// The node that it runs on.
    pub node: NodeName,
    /// The name that Arsenal knows it by.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub name: Option<String>,
    /// The name that it was given in ractor.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub ractor_name: Option<String>,
    /// The Rust type of the actor, without its modules; known where it is instrumented.
    #[serde(rename = "type", default, skip_serializing_if = "Option::is_none")]
    pub actor_type: Option<String>,
}

impl NamedProcess {
    pub(super) fn of(table: &ProcessTable, cell: &ActorCell) -> Self {
        let local = cell.get_id().pid();
        let own = table.label(local).map(str::to_owned);
        let of_record = || Some(short_type(records::get(local)?.types.actor).into_owned());
        Self {
            pid: table.id(local),
            node: table.node.clone(),
            name: table.names().of(local).map(|name| name.to_string()),
            ractor_name: cell.get_name(),
            actor_type: own.or_else(of_record),
        }
    }
}
