//! Real blueprints, built and started through the constants that `#[blueprint]` emits.

use arsenal_cluster::{blueprint_catalogue::BlueprintCatalogue, prelude::*};
use ractor::{Actor, ActorProcessingErr, ActorRef, ActorStatus, SupervisionEvent};
use tokio::sync::mpsc;

struct Worker;

impl Actor for Worker {
    type Msg = ();
    type State = ();
    type Arguments = (String, u8);
    async fn pre_start(
        &self,
        _: ActorRef<()>,
        (queue, _): Self::Arguments,
    ) -> Result<(), ActorProcessingErr> {
        if queue == "bad" { Err("no such queue".into()) } else { Ok(()) }
    }
}

struct Parent(mpsc::Sender<()>);

impl Actor for Parent {
    type Msg = ();
    type State = ();
    type Arguments = ();
    async fn pre_start(&self, _: ActorRef<()>, (): ()) -> Result<(), ActorProcessingErr> {
        Ok(())
    }
    async fn handle_supervisor_evt(
        &self,
        _: ActorRef<()>,
        event: SupervisionEvent,
        (): &mut (),
    ) -> Result<(), ActorProcessingErr> {
        if matches!(event, SupervisionEvent::ActorTerminated(..)) {
            self.0.send(()).await?;
        }
        Ok(())
    }
}

/// Works on a queue.
///
/// Until it is told to stop.
#[blueprint]
fn queue_worker(
    /// Which queue.
    #[param(length(min = 1))]
    queue: String,
    #[param(range(min = 1), default = 2)] lanes: u8,
) -> Child {
    Child::actor(Worker, (queue, lanes))
}

/// Refuses.
#[blueprint(name = "picky", crate = ::arsenal_cluster)]
fn refuse(#[param(name = "type")] kind: Option<String>) -> Result<Child, OperationError> {
    Err(OperationError::conflict(kind.unwrap_or_default()))
}

#[test]
fn blueprints_are_found_by_name_and_described() {
    let catalogue = BlueprintCatalogue::from_linked().unwrap();
    assert_eq!(catalogue.iter().map(|it| it.name).collect::<Vec<_>>(), ["picky", "queue-worker"]);
    let worker = catalogue.get("queue-worker").unwrap();
    assert_eq!(
        (worker.summary, worker.description),
        ("Works on a queue.", "Until it is told to stop.")
    );
    assert_eq!(worker.parameters[0].description, "Which queue.");
    assert!(worker.parameters[0].is_required() && !worker.parameters[1].is_required());
    assert!(worker.source.file.ends_with("blueprint_macro.rs"));
}

#[test]
fn everything_wrong_is_named() {
    let catalogue = BlueprintCatalogue::from_linked().unwrap();
    let worker = catalogue.get("queue-worker").unwrap();
    (worker.check)(br#"{"queue":"q"}"#).unwrap();
    let invalid = (worker.check)(br#"{"queue":"","lanes":0,"lane":1}"#).unwrap_err();
    let pointers: Vec<_> = invalid.violations().iter().map(|it| &*it.pointer).collect();
    assert_eq!(pointers, ["/queue", "/lanes", "/lane"]);
    let unknown = &invalid.violations()[2].message;
    assert_eq!(unknown, "is not a field of this blueprint; did you mean `lanes`?");
    let refused = (catalogue.get("picky").unwrap().build)(br#"{"type":"x"}"#).unwrap_err();
    assert_eq!(refused.detail(), "x");
}

#[tokio::test]
async fn a_child_is_started_under_its_supervisor() {
    let (sender, mut ended) = mpsc::channel(1);
    let (parent, _) = Actor::spawn(None, Parent(sender), ()).await.unwrap();
    let catalogue = BlueprintCatalogue::from_linked().unwrap();
    let build = catalogue.get("queue-worker").unwrap().build;
    let child = build(br#"{"queue":"q"}"#).unwrap();
    assert_eq!(child.type_name(), "Worker");
    let worker = child.spawn(parent.get_cell()).await.unwrap();
    assert!(parent.get_children().iter().any(|child| child.get_id() == worker.get_id()));
    worker.stop(None);
    ended.recv().await.unwrap();
    assert_eq!(worker.get_status(), ActorStatus::Stopped);
    let bad = build(br#"{"queue":"bad"}"#).unwrap();
    assert!(bad.spawn(parent.get_cell()).await.is_err());
    parent.stop(None);
}

#[test]
fn a_blueprint_is_a_plain_function() {
    assert_eq!(queue_worker("q".to_owned(), 1).type_name(), "Worker");
}
