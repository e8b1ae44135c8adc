//! A request with a key runs once, however often it comes: the node remembers what it answered.
//!
//! Such a run is bound to nobody who waits for it, only to the operation's own time limit: a client
//! that timed out or hung up comes again and gets the true answer. Each node remembers for itself;
//! an operation that runs `here` is another run on another node.
//!
//! A request that comes again is no run: it passes the hooks before, which may refuse it, and is
//! counted as a replay; the hooks after have seen the run.

mod input;
mod shelf;

use std::{
    fmt,
    sync::{Arc, Mutex, MutexGuard, PoisonError},
};

use bytes::Bytes;
use tokio::{sync::watch, task::JoinSet, time::Instant};

use self::shelf::{Entered, KeyOwner, Shelf};
use super::{Begun, Execution, Running, Watched, replay, start};
use crate::{
    answer::Reply,
    arguments::Arguments,
    context::{NodeContext, NodeParts},
    error::{Code, OperationError, Violation, ViolationPlace},
    headers::IDEMPOTENCY_KEY,
    spec::OperationSpec,
    telemetry,
};

/// What a run gave, kept for those who ask again.
type Remembered = Result<Bytes, OperationError>;

/// Leads to it; empty while it runs.
type Answer = watch::Receiver<Option<Arc<Remembered>>>;

/// What one node remembers of requests with keys.
#[derive(Default)]
pub(crate) struct Memory {
    shelf: Mutex<Shelf<Answer>>,
    /// Each ends at the time limit of its operation.
    runs: Mutex<JoinSet<()>>,
}

/// The answer to a request with a key: of a run of its own, or of the one that came before.
pub(super) fn run_once(
    spec: &'static OperationSpec,
    mut context: NodeContext,
    arguments: Arguments<'_>,
    key: String,
) -> Execution {
    let node = Arc::clone(&context.node);
    let deadline = context.invocation.deadline;
    let request_id = context.request_id().clone();
    let remembered = |begun: Begun| Execution {
        watched: Watched::Remembered(Arc::clone(&node)),
        running: Running::new(spec, deadline, None, begun),
    };
    let refused = |error: OperationError| {
        telemetry::refused(&node, spec, &request_id, &error);
        remembered(Err(error))
    };
    if !spec.is_idempotent {
        return refused(takes_no_key(&node));
    }
    let principal = context.principal().name().to_owned();
    let owner = KeyOwner { operation: spec.name, principal, key };
    let input = input::digest(spec, arguments);
    let (sender, answer) = watch::channel(None);
    let entered =
        node.memory.on_shelf(|shelf| shelf.enter(owner, input, answer.clone(), Instant::now()));
    match entered {
        Entered::New(owner) => {
            let run = KeyedRun { node: Arc::clone(&node), owner, sender, outcome: None };
            context.invocation.deadline = Instant::now() + spec.timeout;
            let execution = start(spec, context, arguments);
            node.memory.spawn(run.finish(execution));
            remembered(Ok(Box::pin(answered(answer, false))))
        }
        Entered::Known(answer) => {
            replay(spec, context, arguments, Box::pin(answered(answer, true)))
        }
        Entered::OtherInput => refused(used_otherwise(spec).refused_by(node.name.clone())),
        Entered::Full => refused(full().refused_by(node.name.clone())),
    }
}

async fn answered(mut answer: Answer, is_replayed: bool) -> Result<Reply, OperationError> {
    let found = answer.wait_for(Option::is_some).await;
    let remembered = found.ok().and_then(|found| found.clone());
    match remembered.as_deref() {
        Some(Ok(json)) if is_replayed => Ok(Reply::Replayed(json.clone())),
        Some(Ok(json)) => Ok(Reply::Json(json.clone())),
        Some(Err(error)) => Err(error.repeated(is_replayed)),
        None => Err(lost()),
    }
}

/// One run. When it is dropped, however that comes about, all who wait have its outcome.
struct KeyedRun {
    node: Arc<NodeParts>,
    owner: Arc<KeyOwner>,
    sender: watch::Sender<Option<Arc<Remembered>>>,
    outcome: Option<Result<Reply, OperationError>>,
}

impl KeyedRun {
    async fn finish(mut self, execution: Execution) {
        self.outcome = Some(execution.await);
    }
}

impl Drop for KeyedRun {
    fn drop(&mut self) {
        let outcome = self.outcome.take().unwrap_or_else(|| Err(lost()));
        // The run has logged the private source, which can hold anything of the user's.
        let remembered = outcome.and_then(Reply::into_json).map_err(OperationError::without_source);
        let bytes = size(&remembered);
        self.node.memory.on_shelf(|shelf| match &remembered {
            Err(error) if !error.has_run() => shelf.forget(&self.owner),
            _ => shelf.finish(Arc::clone(&self.owner), bytes, Instant::now()),
        });
        self.sender.send_replace(Some(Arc::new(remembered)));
    }
}

/// About what it takes in memory.
fn size(remembered: &Remembered) -> usize {
    match remembered {
        Ok(json) => json.len(),
        Err(error) => serde_json::to_vec(&error.to_problem("")).map_or(0, |json| json.len()),
    }
}

impl Memory {
    /// Works on the shelf. The answers that give way are dropped when it is free again: they can be
    /// large, and many at once.
    fn on_shelf<T>(&self, work: impl FnOnce(&mut Shelf<Answer>) -> T) -> T {
        let mut shelf = locked(&self.shelf);
        let done = work(&mut shelf);
        let evicted = shelf.take_evicted();
        drop(shelf);
        drop(evicted);
        done
    }

    fn spawn(&self, run: impl Future<Output = ()> + Send + 'static) {
        let mut runs = locked(&self.runs);
        while runs.try_join_next().is_some() {}
        runs.spawn(run);
    }

    /// Who waits for one of them is told that it was lost.
    pub(crate) fn end_runs(&self) {
        locked(&self.runs).abort_all();
    }
}

impl fmt::Debug for Memory {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.debug_struct("Memory").finish_non_exhaustive()
    }
}

/// A node of another version let the key through.
fn takes_no_key(node: &NodeParts) -> OperationError {
    let message = "this operation takes no Idempotency-Key";
    let violation = Violation::of(ViolationPlace::Header, IDEMPOTENCY_KEY.as_str(), message);
    OperationError::invalid_input([violation]).refused_by(node.name.clone())
}

fn used_otherwise(spec: &OperationSpec) -> OperationError {
    let detail = format!(
        "this Idempotency-Key was used for another request to `{}`; this one did not run",
        spec.name
    );
    OperationError::conflict(detail).suggest("give every request a key of its own")
}

fn full() -> OperationError {
    let detail = "too many requests with an Idempotency-Key run on this node";
    OperationError::new(Code::Overloaded, detail).suggest("try again when some of them have ended")
}

#[cold]
fn lost() -> OperationError {
    OperationError::new(Code::DistributedExit, "the operation was lost while it ran").after_run()
}

fn locked<T>(mutex: &Mutex<T>) -> MutexGuard<'_, T> {
    mutex.lock().unwrap_or_else(PoisonError::into_inner)
}
