//! Whether a node lets an operation start now: so many at once, so often.

use std::sync::{Arc, Mutex, PoisonError};

use tokio::{
    sync::{OwnedSemaphorePermit, Semaphore},
    time::Instant,
};

use super::rate;
use crate::{
    context::NodeParts,
    error::{Code, OperationError},
    name::NodeName,
    spec::{Limits, OperationSpec},
};

/// One of as many as may run at once; free again when it is dropped. What goes on after the
/// function has answered takes it along.
pub(crate) type Permit = OwnedSemaphorePermit;

/// What runs of one operation on one node, and how often it has started.
#[derive(Debug)]
pub(super) struct Admission {
    permits: Option<Arc<Semaphore>>,
    arrival: Mutex<rate::Arrival>,
}

impl Admission {
    pub(super) fn new(limits: &Limits) -> Self {
        let permits = limits.concurrency.map(|count| {
            let count = usize::try_from(count).unwrap_or(usize::MAX);
            Arc::new(Semaphore::new(count.min(Semaphore::MAX_PERMITS)))
        });
        Self { permits, arrival: Mutex::new(None) }
    }

    /// Takes a permit, if the operation counts them. What finds no permit does not count as a start.
    fn enter(
        &self,
        spec: &OperationSpec,
        node: &NodeName,
        now: Instant,
    ) -> Result<Option<Permit>, OperationError> {
        let permit = match &self.permits {
            Some(permits) => {
                let permit = Arc::clone(permits).try_acquire_owned();
                Some(permit.map_err(|_none| crowded(spec, node))?)
            }
            None => None,
        };
        if let Some(rate) = spec.limits.rate {
            let mut arrival = self.arrival.lock().unwrap_or_else(PoisonError::into_inner);
            *arrival = rate::start(*arrival, now, rate).map_err(|wait| {
                let detail = format!(
                    "`{}` starts at most {} times in {:?} on node `{node}`",
                    spec.name, rate.count, rate.per
                );
                OperationError::new(Code::RateLimited, detail).retry_after(wait)
            })?;
        }
        Ok(permit)
    }
}

/// Asked before the arguments are decoded, so that what is too much costs little. Operations without
/// limits pay nothing.
pub(super) fn enter(
    spec: &'static OperationSpec,
    node: &NodeParts,
) -> Result<Option<Permit>, OperationError> {
    if !spec.limits.are_counted() {
        return Ok(None);
    }
    let Some(state) = node.operations.get(spec) else { return Ok(None) };
    let entered = state.admission.enter(spec, &node.name, Instant::now());
    entered.map_err(|error| error.refused_by(node.name.clone()))
}

fn crowded(spec: &OperationSpec, node: &NodeName) -> OperationError {
    let count = spec.limits.concurrency.unwrap_or_default();
    let detail = format!("`{}` runs {count} times at once at most on node `{node}`", spec.name);
    OperationError::new(Code::Overloaded, detail).suggest("try again when some of them have ended")
}
