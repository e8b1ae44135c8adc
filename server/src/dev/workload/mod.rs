//! The demo workload: actors of the kinds that people run, each a blueprint that starts without
//! arguments.

mod counter;
mod fragile;
mod leaky;
mod stuck;
mod ticker;
mod tree;

pub use counter::CounterMessage;
pub use fragile::FragileMessage;
pub use stuck::StuckMessage;
pub use ticker::TickerMessage;
pub use tree::TreeMessage;

#[cfg(test)]
mod tests {
    use arsenal_cluster::blueprint_catalogue::BlueprintCatalogue;
    use ractor::{Actor, ActorProcessingErr, ActorRef};

    struct Root;

    impl Actor for Root {
        type Msg = ();
        type State = ();
        type Arguments = ();

        async fn pre_start(&self, _: ActorRef<()>, (): ()) -> Result<(), ActorProcessingErr> {
            Ok(())
        }
    }

    #[tokio::test]
    async fn every_blueprint_starts_without_arguments() {
        let catalogue = BlueprintCatalogue::from_linked().unwrap();
        let names: Vec<_> = catalogue.iter().map(|blueprint| blueprint.name).collect();
        assert_eq!(names, ["counter", "fragile", "leaky", "stuck", "ticker", "tree"]);
        let (root, task) = Actor::spawn(None, Root, ()).await.unwrap();
        for blueprint in catalogue.iter() {
            (blueprint.build)(b"{}").unwrap().spawn(root.get_cell()).await.unwrap();
        }
        assert_eq!(root.get_children().len(), names.len());
        root.stop(None);
        task.await.unwrap();
    }
}
