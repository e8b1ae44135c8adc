//! A factory whose jobs and workers are counted.

use std::time::Duration;

use ractor::{
    Actor, ActorProcessingErr, ActorRef, Message,
    factory::{
        Factory, FactoryArguments, FactoryMessage, Job, JobOptions, Worker, WorkerId,
        queues::DefaultQueue, routing::QueuerRouting, worker_builder,
    },
};
use tokio::time::{sleep, timeout};

use super::{CountedFactory, Instrumented, factory_counters, home::Home, records};

#[derive(Debug)]
struct Work;

impl Message for Work {}

struct Worker1;

impl Worker for Worker1 {
    type Key = u64;
    type Message = Work;
    type Arguments = ();
    type State = ();

    async fn pre_start(
        &self,
        _: WorkerId,
        _: &ActorRef<FactoryMessage<u64, Work>>,
        (): (),
    ) -> Result<(), ActorProcessingErr> {
        Ok(())
    }

    async fn handle(
        &self,
        _: WorkerId,
        _: &ActorRef<FactoryMessage<u64, Work>>,
        job: Job<u64, Work>,
        (): &mut (),
    ) -> Result<u64, ActorProcessingErr> {
        Ok(job.key)
    }
}

type Counted = Factory<
    u64,
    Work,
    (),
    Instrumented<Worker1>,
    QueuerRouting<u64, Work>,
    DefaultQueue<u64, Work>,
>;

#[tokio::test]
async fn jobs_are_counted_by_the_name_of_the_factory_and_messages_by_worker() {
    let arguments = FactoryArguments::builder()
        .worker_builder(Box::new(worker_builder(|_| (Instrumented::new(Worker1), ()))))
        .num_initial_workers(3)
        .router(QueuerRouting::default())
        .queue(DefaultQueue::default())
        .stats(std::sync::Arc::new(CountedFactory::default()))
        .build();
    let name = String::from("counted factory");
    let (factory, _) =
        Actor::spawn(Some(name.clone()), Counted::default(), arguments).await.unwrap();
    for key in 0..30 {
        let job = Job { key, msg: Work, options: JobOptions::default(), accepted: None };
        factory.cast(FactoryMessage::Dispatch(job)).unwrap();
    }
    let counted = async {
        loop {
            let counters = factory_counters(Home::REAL, &name);
            if let Some(counters) = counters.filter(|one| one.completed == 30 && one.workers == 3) {
                return counters;
            }
            sleep(Duration::from_millis(5)).await;
        }
    };
    let counters = timeout(Duration::from_secs(10), counted).await.unwrap();
    assert_eq!((counters.received, counters.discarded, counters.queued), (30, 0, 0));
    assert!(counters.mean_ms.is_some());
    let handled = factory.get_children().into_iter().map(|worker| {
        let record = records::get(worker.get_id().pid()).unwrap();
        assert!(record.types.actor.ends_with("Worker1"));
        record.counts().handled
    });
    assert!(handled.sum::<u64>() >= 30);
    factory.stop(None);
}
