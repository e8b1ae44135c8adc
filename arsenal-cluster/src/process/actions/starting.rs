//! Starting a process from a blueprint on this node.

use arsenal_core::{
    context::NodeContext,
    error::{OperationError, Violation, ViolationPlace},
};
use bytes::Bytes;
use ractor::{ActorCell, ActorStatus};
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};
use serde_json::{Map, Value};

use crate::{
    blueprint::BlueprintSpec,
    node::{NodeRuntime, RuntimeExt as _, SpawnError},
    process::{NameTaken, ProcessAddress, ProcessId, ProcessName},
};

/// What is to be started.
#[derive(Clone, Debug)]
pub struct StartRequest {
    /// The name of a blueprint.
    pub blueprint: String,
    /// Its arguments.
    pub arguments: Map<String, Value>,
    /// What the process is to be called.
    pub name: Option<ProcessName>,
    /// What is to supervise it; without it, the root of the node.
    pub supervisor: Option<ProcessAddress>,
}

/// A process that was started.
#[derive(Clone, Debug, Serialize, Deserialize, JsonSchema)]
pub struct ProcessStart {
    /// Its identity.
    pub pid: ProcessId,
    /// Its name, if it was given one.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub name: Option<String>,
    /// The blueprint that it was made from.
    pub blueprint: String,
    /// What supervises it.
    pub supervisor: ProcessId,
}

/// A process that would be started.
#[derive(Clone, Debug, Serialize, Deserialize, JsonSchema)]
pub struct ProcessPlan {
    /// Its name, if it is to have one.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub name: Option<String>,
    /// The blueprint that it would be made from.
    pub blueprint: String,
    /// What would supervise it.
    pub supervisor: ProcessId,
}

/// What a process was made from.
#[derive(Clone, Debug)]
pub(crate) struct Recipe {
    pub(crate) blueprint: &'static BlueprintSpec,
    /// One JSON object.
    pub(crate) arguments: Bytes,
}

/// Starts a process on this node.
///
/// # Errors
///
/// `invalid_input` for an unknown blueprint and for its arguments; `not_found` for the supervisor;
/// `forbidden` where that is protected; `conflict` where the name is taken or the start failed.
pub async fn start(
    context: &NodeContext,
    request: StartRequest,
) -> Result<ProcessStart, OperationError> {
    let runtime = context.runtime()?;
    let (recipe, supervisor) = prepare(runtime, &request)?;
    start_under(runtime, &supervisor, request.name, recipe).await
}

/// What would be started on this node; nothing is.
///
/// # Errors
///
/// As [`start`], as far as it is known before the actor's own start.
pub fn plan_start(
    context: &NodeContext,
    request: &StartRequest,
) -> Result<ProcessPlan, OperationError> {
    let runtime = context.runtime()?;
    let (recipe, supervisor) = prepare(runtime, request)?;
    Ok(ProcessPlan {
        name: request.name.as_ref().map(ToString::to_string),
        blueprint: recipe.blueprint.name.to_owned(),
        supervisor: runtime.processes().id(supervisor.get_id().pid()),
    })
}

/// All that can be refused before anything starts.
fn prepare(
    runtime: &NodeRuntime,
    request: &StartRequest,
) -> Result<(Recipe, ActorCell), OperationError> {
    let recipe = Recipe::read(runtime, request)?;
    let processes = runtime.processes();
    let supervisor = match &request.supervisor {
        Some(address) => processes.find_free(address)?,
        None => runtime.root().ok_or_else(OperationError::internal)?.clone(),
    };
    if supervisor.get_status() >= ActorStatus::Draining {
        return Err(SpawnError::SupervisorEnded.into());
    }
    // Also one that the program gave to ractor: the same address would lead to another process.
    let is_taken = |name: &&ProcessName| !processes.find_named(name).is_empty();
    if let Some(name) = request.name.as_ref().filter(is_taken) {
        return Err(SpawnError::NameTaken(NameTaken(name.clone())).into());
    }
    Ok((recipe, supervisor))
}

/// Starts a process under a supervisor of this node, and remembers what it was made from.
pub(crate) async fn start_under(
    runtime: &std::sync::Arc<NodeRuntime>,
    supervisor: &ActorCell,
    name: Option<ProcessName>,
    recipe: Recipe,
) -> Result<ProcessStart, OperationError> {
    let child = (recipe.blueprint.build)(&recipe.arguments)?;
    let blueprint = recipe.blueprint.name.to_owned();
    let pid = runtime.spawn_under(supervisor, name.clone(), child).await?;
    runtime.processes().set_recipe(pid.local, recipe);
    Ok(ProcessStart {
        name: name.map(|name| name.to_string()),
        blueprint,
        supervisor: runtime.processes().id(supervisor.get_id().pid()),
        pid,
    })
}

impl Recipe {
    fn read(runtime: &NodeRuntime, request: &StartRequest) -> Result<Self, OperationError> {
        let Some(blueprint) = runtime.blueprints().get(&request.blueprint) else {
            let known: Vec<&str> = runtime.blueprints().iter().map(|spec| spec.name).collect();
            let message = format!("no blueprint `{}`", request.blueprint);
            let error = OperationError::invalid_input([Violation::of_body("blueprint", message)]);
            return Err(error.suggest(format!("the blueprints are {}", known.join(", "))));
        };
        let arguments = serde_json::to_vec(&request.arguments)
            .map_err(|error| OperationError::internal().because(error))?;
        (blueprint.check)(&arguments).map_err(|invalid| {
            OperationError::invalid_input(invalid.violations().iter().map(|violation| Violation {
                place: ViolationPlace::Body,
                name: String::from("arguments"),
                pointer: format!("/arguments{}", violation.pointer),
                message: violation.message.clone(),
            }))
        })?;
        Ok(Self { blueprint, arguments: arguments.into() })
    }
}
