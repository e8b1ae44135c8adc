//! Everything that is known of one process.

use arsenal_core::{context::NodeContext, error::OperationError};
use ractor::{ActorCell, pg};
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};
use serde_json::{Map, Value};

use crate::{
    instrument::{FactoryCounters, Flag, factory_counters, records},
    message::{MessageSpec, StateSpec, message_spec},
    node::RuntimeExt as _,
    process::{NamedProcess, Process, ProcessAddress, ProcessId, ProcessTable, elsewhere::above},
};

/// Children that are named.
const CHILDREN_MAX: usize = 100;

/// Supervisors above a process that are named.
const ANCESTORS_MAX: usize = 64;

/// A process with all that is known of it.
#[derive(Clone, Debug, Serialize, Deserialize, JsonSchema)]
pub struct ProcessDetail {
    /// What lists show.
    #[serde(flatten)]
    pub process: Process,
    /// What supervises it, what supervises that, and so on.
    pub ancestors: Vec<Ancestor>,
    /// The processes that it supervises, in the order of their start; at most 100.
    pub child_pids: Vec<ProcessId>,
    /// How many more it supervises.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub children_omitted: Option<usize>,
    /// The process groups of ractor that it is in.
    pub groups: Vec<GroupName>,
    /// What it was started from; absent where that was no blueprint.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub started_from: Option<StartedFrom>,
    /// The Rust type of its messages; known where it is instrumented or they derive `ArsenalMessage`.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub message_type: Option<String>,
    /// The messages that it understands; known where their type derives `ArsenalMessage`.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub messages: Option<Vec<MessageInfo>>,
    /// JSON Schema of a message for `process.message`; absent where none can be given as JSON.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub message_schema: Option<Map<String, Value>>,
    /// The Rust type of its state; known where it is instrumented.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub state_type: Option<String>,
    /// Whether `process.state` shows its state.
    pub state_offered: bool,
    /// JSON Schema of its state; absent where it is not offered.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub state_schema: Option<Map<String, Value>>,
    /// Its jobs, where it is a factory with a name in ractor and `CountedFactory` as its `stats`.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub factory: Option<FactoryCounters>,
    /// Whether each of its handlers is measured.
    pub measured_fully: bool,
    /// Whether other nodes can send it messages.
    pub supports_remoting: bool,
}

/// A process above another.
#[derive(Clone, Debug, Serialize, Deserialize, JsonSchema)]
pub struct Ancestor {
    /// Its identity.
    pub pid: ProcessId,
    /// Its name, if it has one.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub name: Option<String>,
    /// The Rust type of the actor; known where it is instrumented.
    #[serde(rename = "type", default, skip_serializing_if = "Option::is_none")]
    pub actor_type: Option<String>,
}

/// A process group of ractor.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize, JsonSchema)]
pub struct GroupName {
    /// Its scope.
    pub scope: String,
    /// Its name.
    pub group: String,
}

/// What a process was started from.
#[derive(Clone, Debug, Serialize, Deserialize, JsonSchema)]
pub struct StartedFrom {
    /// The name of the blueprint.
    pub blueprint: String,
    /// Its arguments.
    pub arguments: Map<String, Value>,
}

/// A message that a process understands.
#[derive(Clone, Debug, Serialize, Deserialize, JsonSchema)]
pub struct MessageInfo {
    /// Its name, as in JSON.
    pub name: String,
    /// What it is for.
    pub description: String,
    /// Whether it is answered.
    pub is_call: bool,
    /// Whether it can be given as JSON.
    pub is_offered: bool,
}

/// Describes a process of this node.
///
/// # Errors
///
/// `not_found`.
pub async fn detail(
    context: &NodeContext,
    address: &ProcessAddress,
) -> Result<ProcessDetail, OperationError> {
    let table = context.runtime()?.processes();
    let cell = table.find(address)?;
    // It may have many children, and there may be many groups.
    table.aside(move |table| all_of(table, &cell)).await
}

fn all_of(table: &ProcessTable, cell: &ActorCell) -> ProcessDetail {
    let local = cell.get_id().pid();
    let record = records::get(local);
    let types = record.as_ref().map(|record| record.types);
    let messages = message_spec(cell.get_type_id());
    let message_type = messages.map(|spec| (spec.type_name)());
    let state = types.and_then(|types| types.state_spec);
    let mut child_pids: Vec<ProcessId> =
        cell.get_children().iter().map(|child| table.id(child.get_id().pid())).collect();
    child_pids.sort();
    let omitted = child_pids.len().saturating_sub(CHILDREN_MAX);
    child_pids.truncate(CHILDREN_MAX);
    ProcessDetail {
        process: table.row(cell),
        ancestors: ancestors(table, cell),
        child_pids,
        children_omitted: (omitted > 0).then_some(omitted),
        groups: groups(cell),
        started_from: started_from(table, local),
        message_type: message_type.or_else(|| Some(types?.message)).map(str::to_owned),
        messages: messages.map(|spec| {
            spec.variants
                .iter()
                .map(|variant| MessageInfo {
                    name: variant.name.to_owned(),
                    description: variant.description.to_owned(),
                    is_call: variant.is_call,
                    is_offered: variant.json.is_some(),
                })
                .collect()
        }),
        message_schema: messages.and_then(MessageSpec::schema),
        state_type: types.map(|types| types.state.to_owned()),
        state_offered: state.is_some(),
        state_schema: state.map(StateSpec::schema),
        factory: cell.get_name().and_then(|name| factory_counters(table.home, &name)),
        measured_fully: record.is_some_and(|record| record.is(Flag::Full)),
        supports_remoting: cell.supports_remoting(),
    }
}

fn ancestors(table: &ProcessTable, cell: &ActorCell) -> Vec<Ancestor> {
    let ancestor = |cell: ActorCell| {
        let NamedProcess { pid, name, ractor_name, actor_type, node: _ } =
            NamedProcess::of(table, &cell);
        Ancestor { pid, name: name.or(ractor_name), actor_type }
    };
    above(cell).take(ANCESTORS_MAX).map(ancestor).collect()
}

fn groups(cell: &ActorCell) -> Vec<GroupName> {
    let all = pg::which_scopes_and_groups().into_iter();
    let is_in = |scope: &String, group: &String| {
        pg::get_scoped_local_members(scope, group).iter().any(|member| member == cell)
    };
    let mut groups: Vec<GroupName> = all
        .map(|key| GroupName { scope: key.get_scope(), group: key.get_group() })
        .filter(|name| is_in(&name.scope, &name.group))
        .collect();
    groups.sort();
    groups
}

fn started_from(table: &ProcessTable, local: u64) -> Option<StartedFrom> {
    let recipe = table.recipe(local)?;
    let arguments = serde_json::from_slice(&recipe.arguments).ok()?;
    Some(StartedFrom { blueprint: recipe.blueprint.name.to_owned(), arguments })
}
