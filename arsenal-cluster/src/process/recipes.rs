//! What the processes of a node were made from, and which of them are being replaced.

use std::collections::BTreeMap;

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

    /// Only one may replace a process: until it has ended, or this is given up.
    ///
    /// # Errors
    ///
    /// `conflict` where it was not made from a blueprint, or is being replaced.
    pub(super) fn claim_recipe(&self, local: u64) -> Result<Recipe, OperationError> {
        self.table().recipes.claim(local)
    }

    /// The process goes on.
    pub(super) fn release_recipe(&self, local: u64) {
        if let Some(kept) = self.table().recipes.0.get_mut(&local) {
            kept.is_claimed = false;
        }
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
