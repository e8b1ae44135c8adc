//! What the processes of a node were made from, and which of them are being replaced.

use std::{collections::BTreeMap, sync::Arc};

use arsenal_core::error::OperationError;

use super::{ProcessTable, actions::Recipe};

/// Recipes by local number.
#[derive(Debug, Default)]
pub(super) struct Recipes(BTreeMap<u64, Kept>);

#[derive(Debug)]
struct Kept {
    recipe: Recipe,
    /// Whether somebody ends the process to start another from it.
    is_claimed: bool,
}

/// The right to replace a process, and what the next one is made from. Nobody else has it until this is
/// dropped.
#[derive(Debug)]
pub(super) struct Claim {
    table: Arc<ProcessTable>,
    local: u64,
    pub(super) recipe: Recipe,
}

impl Drop for Claim {
    fn drop(&mut self) {
        if let Some(kept) = self.table.table().recipes.0.get_mut(&self.local) {
            kept.is_claimed = false;
        }
    }
}

impl Recipes {
    pub(super) fn keep(&mut self, local: u64, recipe: Recipe) {
        self.0.insert(local, Kept { recipe, is_claimed: false });
    }

    pub(super) fn forget(&mut self, local: u64) {
        self.0.remove(&local);
    }

    fn claim(&mut self, local: u64) -> Result<Recipe, OperationError> {
        let kept = self.0.get_mut(&local).ok_or_else(not_from_blueprint)?;
        if std::mem::replace(&mut kept.is_claimed, true) {
            return Err(is_replaced());
        }
        Ok(kept.recipe.clone())
    }
}

impl ProcessTable {
    /// What a process was made from.
    pub(crate) fn recipe(&self, local: u64) -> Option<Recipe> {
        self.table().recipes.0.get(&local).map(|kept| kept.recipe.clone())
    }

    /// Only one may replace a process at a time.
    ///
    /// # Errors
    ///
    /// `conflict` where it was not made from a blueprint, or is being replaced.
    pub(super) fn claim_recipe(self: &Arc<Self>, local: u64) -> Result<Claim, OperationError> {
        let recipe = self.table().recipes.claim(local)?;
        Ok(Claim { table: Arc::clone(self), local, recipe })
    }

    /// # Errors
    ///
    /// `conflict` where a process is being replaced: what it is told now, the next one would not know.
    pub(super) fn refuse_claimed(&self, local: u64) -> Result<(), OperationError> {
        let is_claimed = self.table().recipes.0.get(&local).is_some_and(|kept| kept.is_claimed);
        if is_claimed { Err(is_replaced()) } else { Ok(()) }
    }
}

fn not_from_blueprint() -> OperationError {
    let detail =
        "it was not started from a blueprint, so that only its own supervisor can start it again";
    OperationError::conflict(detail)
        .suggest("end it with `DELETE`: a supervisor that replaces what it loses does so then")
}

fn is_replaced() -> OperationError {
    OperationError::conflict("it is being started again")
}
