//! What an address leads to on one node, and what is said where it leads nowhere.

use ractor::{Actor, ActorProcessingErr, ActorRef, Message};

use std::{sync::Arc, time::UNIX_EPOCH};

use super::*;
use crate::{
    WallClock,
    instrument::{History, Home, SpawnInstrumented as _},
    process::{TreesQuery, supervisor::Supervisor},
};

fn table(is_shared: bool) -> ProcessTable {
    ProcessTable::new("a".parse().unwrap(), 5, is_shared, WallClock::set(UNIX_EPOCH))
}

async fn start(name: Option<&str>, above: Option<&ActorCell>) -> ActorCell {
    let (name, ended) = (name.map(str::to_owned), Arc::new(|_, _| {}));
    let started = match above {
        None => Actor::spawn(name, Supervisor, ended).await,
        Some(above) => Actor::spawn_linked(name, Supervisor, ended, above.clone()).await,
    };
    started.unwrap().0.get_cell()
}

fn found(table: &ProcessTable, address: &str) -> Result<u64, String> {
    let found = table.find(&address.parse().unwrap());
    found.map(|cell| cell.get_id().pid()).map_err(|error| error.detail().to_owned())
}

fn local(cell: &ActorCell) -> u64 {
    cell.get_id().pid()
}

#[tokio::test]
async fn every_form_of_an_address_leads_to_the_process() {
    let table = table(false);
    let cell = start(Some("lookup-of-ractor"), None).await;
    table.names().register("Zähler 1@Haus".parse().unwrap(), local(&cell)).unwrap();
    let id = table.id(local(&cell)).to_string();
    for address in
        [&id, "Zähler 1@Haus", "Zähler 1@Haus@a", "lookup-of-ractor", "lookup-of-ractor@a"]
    {
        assert_eq!(found(&table, address), Ok(local(&cell)), "{address}");
    }
    assert_eq!(table.find_named(&"lookup-of-ractor".parse().unwrap()).len(), 1);
    cell.stop_and_wait(None, None).await.unwrap();
    let gone = found(&table, &id).unwrap_err();
    assert!(gone.ends_with("it has ended, or never was"), "{gone}");
    assert!(found(&table, "Zähler 1@Haus").is_err(), "its name leads nowhere");
}

#[tokio::test]
async fn a_name_of_arsenal_goes_before_one_of_ractor() {
    let table = table(false);
    let of_ractor = start(Some("lookup-of-both"), None).await;
    let own = start(None, None).await;
    assert_eq!(found(&table, "lookup-of-both"), Ok(local(&of_ractor)));
    table.names().register("lookup-of-both".parse().unwrap(), local(&own)).unwrap();
    assert_eq!(found(&table, "lookup-of-both"), Ok(local(&own)));
    let both = table.find_named(&"lookup-of-both".parse().unwrap());
    let both: Vec<u64> = both.iter().map(|row| row.pid.local).collect();
    assert_eq!(both, [local(&own), local(&of_ractor)]);
}

#[tokio::test]
async fn what_leads_nowhere_says_why() {
    let table = table(false);
    for (address, why) in [
        ("a.4.1", "node `a` was started again since"),
        ("a.6.1", "node `a` has not been started so often"),
        ("a.5.18446744073709551615", "it has ended, or never was"),
        ("b.5.1", "this is node `a`"),
        ("lookup-nobody", "no process is called `lookup-nobody` on node `a`"),
        ("lookup-nobody@b", "is not of this node"),
    ] {
        let error = found(&table, address).unwrap_err();
        assert!(error.ends_with(why), "{error}");
    }
}

#[tokio::test]
async fn only_what_is_below_the_root_is_of_a_simulated_node() {
    let (simulated, real) = (table(true), table(false));
    let root = start(None, None).await;
    simulated.set_root(root.clone());
    let roots = real.elsewhere().claim();
    roots.set(vec![root.clone()]);
    let below = start(Some("lookup-below"), Some(&root)).await;
    let beside = start(Some("lookup-beside"), None).await;
    assert_eq!(found(&simulated, "lookup-below"), Ok(local(&below)));
    assert_eq!(found(&real, "lookup-beside"), Ok(local(&beside)));
    assert!(found(&simulated, "lookup-beside").is_err());
    assert!(found(&real, "lookup-below").is_err());
    assert!(found(&real, &real.id(local(&below)).to_string()).is_err());
}

#[tokio::test]
async fn actors_that_supervise_each_other_are_found_and_shown_once() {
    let (one, other) = (start(None, None).await, start(None, None).await);
    one.link(other.clone());
    other.link(one.clone());
    assert!(above(&one).eq([other.clone()]));
    for is_shared in [false, true] {
        let table = Arc::new(table(is_shared));
        let roots = table.elsewhere().claim();
        roots.set(vec![start(None, None).await]);
        if is_shared {
            table.set_root(one.clone());
        }
        assert_eq!(found(&table, &table.id(local(&other)).to_string()), Ok(local(&other)));
        let root = Some(ProcessAddress::Id(table.id(local(&other))));
        let (name, actor_type) = (None, None);
        let query = TreesQuery { depth: 9, limit: 9, name, actor_type, failing: false, root };
        let trees = table.trees(query).await.unwrap();
        let [tree] = &trees.roots[..] else { panic!("one root: {trees:?}") };
        let [below] = &tree.children[..] else { panic!("one below: {trees:?}") };
        assert_eq!((tree.pid.local, below.pid.local), (local(&other), local(&one)));
        assert!(below.children.is_empty(), "{trees:?}");
    }
    one.unlink(other.clone());
    other.unlink(one.clone());
}

#[tokio::test]
async fn an_instrumented_actor_is_where_it_is_at_home_for_lists_and_lookups() {
    let real = table(false);
    let _at_home = Home::simulated().enter();
    let simulated = table(true);
    let root = start(None, None).await;
    simulated.set_root(root.clone());
    // Below nobody, so that only its home tells whose it is.
    let actor = Fragile::spawn_instrumented(None, Fragile, ()).await.unwrap().0.get_cell();
    let is_listed = |table: &ProcessTable| table.cells().contains(&actor);
    assert!(is_listed(&simulated) && simulated.has(&actor));
    assert_eq!(found(&simulated, &simulated.id(local(&actor)).to_string()), Ok(local(&actor)));
    assert!(!is_listed(&real) && !real.has(&actor));
    assert!(found(&real, &real.id(local(&actor)).to_string()).is_err());
}

#[tokio::test]
async fn what_has_ended_is_gone_and_says_how() {
    let table = table(false);
    let (actor, task) = Fragile::spawn_instrumented(None, Fragile, ()).await.unwrap();
    let local = actor.get_id().pid();
    let Some(record) = records::get(local) else { panic!("it is instrumented") };
    record.set_name("lookup-fragile");
    actor.cast(Fail).unwrap();
    task.await.unwrap();
    let ended = || History::of(Home::REAL).end_of(local);
    let remembered = async {
        while ended().is_none() {
            tokio::time::sleep(Duration::from_millis(1)).await;
        }
    };
    tokio::time::timeout(Duration::from_secs(10), remembered).await.unwrap();
    let error = table.find(&table.id(local).to_string().parse().unwrap()).unwrap_err();
    assert_eq!(*error.code(), Code::Gone);
    let detail = error.detail();
    let start = format!("the process `a.5.{local}`, `lookup-fragile` is gone: it failed ");
    assert!(detail.starts_with(&start) && detail.ends_with(": asked to fail"), "{detail}");
}

#[test]
fn every_end_is_told_in_words() {
    let ago = Duration::from_millis(61_999);
    let failed = |location: Option<&str>| End::Failed {
        error: String::from("panicked: no more"),
        location: location.map(str::to_owned),
    };
    for (end, words) in [
        (End::Stopped, "it was stopped 1m 1s ago"),
        (End::Killed, "it was killed 1m 1s ago, or its supervisor ended"),
        (failed(None), "it failed 1m 1s ago: panicked: no more"),
        (failed(Some("a.rs:1:2")), "it failed 1m 1s ago at a.rs:1:2: panicked: no more"),
    ] {
        assert_eq!(how_it_ended(&end, ago), words);
    }
}

#[derive(Debug)]
struct Fail;

impl Message for Fail {}

/// It fails at its first message.
struct Fragile;

impl Actor for Fragile {
    type Msg = Fail;
    type State = ();
    type Arguments = ();

    async fn pre_start(&self, _: ActorRef<Fail>, (): ()) -> Result<(), ActorProcessingErr> {
        Ok(())
    }

    async fn handle(
        &self,
        _: ActorRef<Fail>,
        Fail: Fail,
        (): &mut (),
    ) -> Result<(), ActorProcessingErr> {
        Err("asked to fail".into())
    }
}
