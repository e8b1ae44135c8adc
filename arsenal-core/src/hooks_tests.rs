//! What hooks see, in which order, and what they can do.

use std::sync::Mutex;

use crate::{
    answer::Reply,
    arguments::Arguments,
    dispatch::dispatch,
    error::{Code, InvalidInput},
    samples::{leaked, operation, parts_of},
    spec::{CallFn, Method},
};

use super::*;

const SECOND: Duration = Duration::from_secs(1);

/// What happened, in order.
type Log = Arc<Mutex<Vec<String>>>;

const ANSWERS: CallFn = |_, _| Box::pin(async { Reply::json(&"done") });

fn specs(call: CallFn) -> Vec<&'static OperationSpec> {
    let one = operation("own.one", Method::Get, "/one");
    let two = operation("other.two", Method::Get, "/two");
    let bad = operation("own.bad", Method::Get, "/bad");
    leaked(vec![
        OperationSpec { call, ..one },
        OperationSpec { call, ..two },
        OperationSpec { call, check: |_| Err(InvalidInput::new(Vec::new())), ..bad },
    ])
}

fn logging(log: &Log, hooks: Hooks, scope: &Scope, name: &'static str) -> Hooks {
    let (before, after) = (Arc::clone(log), Arc::clone(log));
    hooks
        .before(scope.clone(), move |spec, context| {
            let log = Arc::clone(&before);
            async move {
                tokio::task::yield_now().await;
                let line =
                    format!("{name} before {} for {}", spec.name, context.principal().name());
                log.lock().unwrap().push(line);
                Ok(())
            }
        })
        .after(scope.clone(), move |spec, _, outcome, _| {
            let outcome = match outcome {
                Outcome::Answered => "ok",
                Outcome::Failed(error) => error.code().as_str(),
                Outcome::Cancelled => "cancelled",
            };
            after.lock().unwrap().push(format!("{name} after {}: {outcome}", spec.name));
        })
}

async fn run(
    hooks: &Hooks,
    specs: &[&'static OperationSpec],
    name: &str,
) -> Result<(), OperationError> {
    let registry = Registry::from_specs(specs.to_vec()).unwrap();
    let spec = registry.get(name).unwrap();
    let parts = Arc::new(parts_of(registry).with_hooks(hooks).unwrap());
    dispatch(spec, parts.own_context(SECOND), Arguments::Json(b"{}")).await.map(drop)
}

fn lines(log: &Log) -> Vec<String> {
    std::mem::take(&mut *log.lock().unwrap())
}

#[tokio::test]
async fn hooks_of_a_scope_run_in_order_around_its_operations() {
    let log = Log::default();
    let hooks = logging(&log, Hooks::new(), &Scope::tag("own"), "tag");
    let hooks = logging(&log, hooks, &Scope::operation("own.one"), "one");
    let hooks = logging(&log, hooks, &Scope::all(), "all");
    let specs = specs(ANSWERS);
    run(&hooks, &specs, "own.one").await.unwrap();
    let before = ["tag", "one", "all"].map(|hook| format!("{hook} before own.one for node"));
    let after = ["tag", "one", "all"].map(|hook| format!("{hook} after own.one: ok"));
    assert_eq!(lines(&log), [before, after].concat());
    run(&hooks, &specs, "other.two").await.unwrap();
    assert_eq!(lines(&log), ["all before other.two for node", "all after other.two: ok"]);
}

#[tokio::test]
async fn a_hook_that_refuses_is_the_answer_and_nothing_further_runs() {
    let log = Log::default();
    let hooks = Hooks::new()
        .before(Scope::all(), async |_, _| Err(OperationError::conflict("closed on Sundays")));
    let hooks = logging(&log, hooks, &Scope::all(), "all");
    let call: CallFn = |_, _| Box::pin(async { panic!("it ran") });
    let error = run(&hooks, &specs(call), "own.one").await.unwrap_err();
    assert_eq!((error.code(), error.detail()), (&Code::Conflict, "closed on Sundays"));
    assert_eq!(lines(&log), [""; 0], "also those after");
}

#[tokio::test]
async fn hooks_do_not_see_bad_requests() {
    let log = Log::default();
    let hooks = logging(&log, Hooks::new(), &Scope::all(), "all");
    let error = run(&hooks, &specs(ANSWERS), "own.bad").await.unwrap_err();
    assert_eq!(*error.code(), Code::InvalidInput);
    assert_eq!(lines(&log), [""; 0]);
}

#[tokio::test(start_paused = true)]
async fn hooks_stand_within_the_deadline() {
    let log = Log::default();
    let hooks = Hooks::new().before(Scope::all(), async |_, _| std::future::pending().await);
    let hooks = logging(&log, hooks, &Scope::all(), "all");
    let error = run(&hooks, &specs(ANSWERS), "own.one").await.unwrap_err();
    assert_eq!(*error.code(), Code::DistributedTimeout);
    assert_eq!(lines(&log), ["all after own.one: distributed_timeout"]);
}

#[tokio::test]
async fn a_hook_that_panics_ends_only_its_invocation() {
    let log = Log::default();
    let hooks = Hooks::new().before(Scope::operation("own.one"), |_, _| -> std::future::Ready<_> {
        panic!("in a hook")
    });
    let hooks = hooks.after(Scope::all(), |_, _, _, _| panic!("in another"));
    let hooks = logging(&log, hooks, &Scope::all(), "all");
    let specs = specs(ANSWERS);
    let error = run(&hooks, &specs, "own.one").await.unwrap_err();
    assert_eq!(*error.code(), Code::Internal);
    run(&hooks, &specs, "other.two").await.unwrap();
    assert_eq!(lines(&log), ["all before other.two for node", "all after other.two: ok"]);
}

#[tokio::test]
async fn what_was_given_up_is_told_to_those_after() {
    let log = Log::default();
    let hooks = logging(&log, Hooks::new(), &Scope::all(), "all");
    let specs = specs(|_, _| Box::pin(std::future::pending()));
    let gave_up = tokio::time::timeout(SECOND / 10, run(&hooks, &specs, "own.one")).await;
    assert!(gave_up.is_err());
    assert_eq!(lines(&log), ["all before own.one for node", "all after own.one: cancelled"]);
}

#[test]
fn a_hook_for_what_does_not_exist_refuses_to_start() {
    let hooks = Hooks::new()
        .before(Scope::tag("ownn"), async |_, _| Ok(()))
        .after(Scope::operation("own.onne"), |_, _, _, _| {});
    let registry = Registry::from_specs(specs(ANSWERS)).unwrap();
    let error = parts_of(registry).with_hooks(&hooks).unwrap_err().to_string();
    assert!(error.contains("no tag `ownn` (did you mean `own`?)"), "{error}");
    assert!(error.contains("no operation `own.onne` (did you mean `own.one`?)"), "{error}");
}
